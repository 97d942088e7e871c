import Core
import Plan

extension Compiler {
    func serverSettings(of file: Written<FileBlock>) -> ServerSettings {
        var settings = ServerSettings()
        settings.listen = overrides.listen ?? file[FileBlock.listen] ?? settings.listen
        settings.tls = file[FileBlock.tls].flatMap(tls)
        guard let server = file[FileBlock.server] else { return settings }
        settings.threads = server[ServerBlock.threads]?.count
        settings.connectionsMax = server[ServerBlock.connectionsMax]?.count
        settings.memoryBytesMax = server[ServerBlock.memoryMax]?.count
        settings.bodyBytesMax = server[ServerBlock.bodyMax] ?? settings.bodyBytesMax
        settings.headerBytesMax = server[ServerBlock.headersMax] ?? settings.headerBytesMax
        settings.headerTimeout = server[ServerBlock.headerTimeout] ?? settings.headerTimeout
        settings.bodyTimeout = server[ServerBlock.bodyTimeout] ?? settings.bodyTimeout
        settings.idleTimeout = server[ServerBlock.idleTimeout] ?? settings.idleTimeout
        settings.drainTimeout = server[ServerBlock.drainTimeout] ?? settings.drainTimeout
        settings.keepAlive = server[ServerBlock.keepAlive] ?? settings.keepAlive
        settings.allowedOrigins = server[ServerBlock.cors]?.map(\.value) ?? []
        settings.trustedProxies = server[ServerBlock.trustedProxies]?.compactMap { IPNetwork($0.value) } ?? []
        return settings
    }

    /// - Parameter dataPlane: where the data plane listens; the two never share a listener.
    func adminSettings(of file: Written<FileBlock>, dataPlane: ListenAddress) -> AdminSettings {
        var settings = AdminSettings()
        let admin = file[FileBlock.admin]
        settings.listen = overrides.adminListen ?? admin?[AdminBlock.listen] ?? settings.listen
        settings.tls = admin?[AdminBlock.tls].flatMap(tls)
        settings.metrics = admin?[AdminBlock.metrics] ?? settings.metrics
        let place = admin?.place(of: AdminBlock.listen) ?? file.place(of: FileBlock.admin)
        if !settings.listen.isLoopback, admin?.contains(AdminBlock.tls) != true {
            errors.add(
                place,
                "the admin plane refuses the address \(settings.listen) without TLS; add 'tls', or listen on 127.0.0.1")
        }
        if settings.listen == dataPlane, settings.listen.port != 0 {
            errors.add(place, "the admin plane and the data plane cannot share the address \(settings.listen)")
        }
        return settings
    }

    private func tls(_ block: Written<TLSBlock>) -> ServerSettings.TLS? {
        let certificate = block.at(TLSBlock.certificate)
        let key = block.at(TLSBlock.key)
        for file in [certificate, key] {
            if let file { _ = pem(file) }
        }
        guard let certificate, let key else { return nil }
        return ServerSettings.TLS(certificateFile: certificate.value, keyFile: key.value)
    }

    /// The bytes of a PEM file; reported and nil when it cannot be read or is none.
    func pem(_ file: At<String>) -> [UInt8]? {
        guard let bytes = try? readFile(file.value) else {
            errors.add(file.place, "the file cannot be read")
            return nil
        }
        guard String(decoding: bytes, as: UTF8.self).contains("-----BEGIN ") else {
            errors.add(file.place, "the file is not PEM: it has no line that begins with -----BEGIN")
            return nil
        }
        return bytes
    }
}
