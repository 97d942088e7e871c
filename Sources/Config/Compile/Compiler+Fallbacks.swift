import Core
import Plan

extension Compiler {
    /// - Parameter table: all models, so that a name that nothing answers to is found.
    func fallbacks(
        of block: Written<ModelBlock>, pattern: String, _ table: RouteTable
    ) -> [Fallback] {
        (block[ModelBlock.fallbacks] ?? []).compactMap { item in
            guard let answer = answer(of: item.value, pattern: pattern, table) else { return nil }
            let reasons = item.value[FallbackBlock.on].map { Set($0.flatMap(\.value.reasons)) }
            return Fallback(answer, reasons: reasons ?? Fallback.anyReason)
        }
    }

    private func answer(
        of block: Written<FallbackBlock>, pattern: String, _ table: RouteTable
    ) -> Fallback.Answer? {
        let kinds: [any BlockField] = [
            FallbackBlock.model, FallbackBlock.template, FallbackBlock.http, FallbackBlock.error,
        ]
        guard kinds.count(where: { block.contains($0) }) == 1 else {
            errors.add(block.place, "a fallback has exactly one of 'model', 'template', 'http' and 'error'")
            return nil
        }
        if let model = block.at(FallbackBlock.model) { return self.model(model, pattern: pattern, table) }
        if let template = block.at(FallbackBlock.template) { return self.template(template) }
        if let endpoint = block[FallbackBlock.http] { return self.endpoint(endpoint) }
        guard let error = block[FallbackBlock.error], let message = error[FallbackErrorBlock.message] else {
            return nil
        }
        let seconds = error[FallbackErrorBlock.retryAfter].map { Int(($0 + 999_999_999) / 1_000_000_000) }
        return .error(message: message, retryAfterSeconds: seconds)
    }

    private func model(_ name: At<String>, pattern: String, _ table: RouteTable) -> Fallback.Answer? {
        guard let match = table.match(name.value) else {
            errors.add(
                name.place,
                "no model '\(Shown.text(name.value))' in 'models'"
                    + Suggestion.suffix(for: name.value, among: table.names))
            return nil
        }
        if match.route.pattern == pattern, !pattern.hasSuffix("*") {
            errors.add(name.place, "'\(Shown.text(name.value))' is the model that failed: name another")
        }
        return .model(name.value)
    }

    private func template(_ text: At<String>) -> Fallback.Answer? {
        do throws(TemplateError) {
            return .template(try Template(text.value))
        } catch {
            errors.add(text.place, error.message)
            return nil
        }
    }

    private func endpoint(_ block: Written<FallbackEndpointBlock>) -> Fallback.Answer? {
        guard let url = block[FallbackEndpointBlock.url], let parts = try? URLText.parts(url) else { return nil }
        let path = url.drop { $0 != "/" }.dropFirst(2).drop { $0 != "/" && $0 != "?" }
        return .http(
            FallbackEndpoint(
                origin: Origin(isTLS: parts.scheme == "https", host: parts.host, port: parts.portOrDefault),
                target: path.hasPrefix("/") ? String(path) : "/\(path)",
                timeout: block[FallbackEndpointBlock.timeout] ?? 2 * DurationLimits.second))
    }
}
