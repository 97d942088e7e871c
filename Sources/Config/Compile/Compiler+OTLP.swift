import Core

extension Compiler {
    func otlpSettings(of items: [At<Written<OTLPBlock>>]) -> [OTLPSettings] {
        items.compactMap { item -> OTLPSettings? in
            guard let endpoint = item.value[OTLPBlock.endpoint] else { return nil }
            var settings = OTLPSettings(endpoint: endpoint)
            settings.profile = item.value[OTLPBlock.profile] ?? settings.profile
            settings.content = item.value[OTLPBlock.content] ?? settings.content
            settings.headers = (item.value[OTLPBlock.headers] ?? []).compactMap { header in
                header.value.map { OTLPSettings.Header(name: header.name.lowercased(), value: Secret($0)) }
            }
            return settings
        }
    }
}
