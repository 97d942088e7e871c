import Config
import Logging
import Plan
import Proxy

/// What the program says when it is ready: what is served where, and a key if it just made one.
enum StartUp {
    static func announce(
        _ configuration: Configuration, _ dataPlane: DataPlane, firstToken: String?, adminToken: String?,
        _ logger: Logger
    ) {
        let snapshot = configuration.snapshot
        let scheme = snapshot.server.tls == nil ? "http" : "https"
        logger.info(
            "ready",
            metadata: [
                "listen": "\(scheme)://\(dataPlane.address)",
                "config": "\(configuration.file ?? "none: serving what the environment has keys for")",
                "providers": "\(snapshot.providers.map(\.name).joined(separator: ","))",
                "models": "\(snapshot.routes.routes.map(\.pattern).joined(separator: ","))",
                "auth": "\(snapshot.access == .keys ? "keys" : "none")",
                "data_dir": "\(configuration.dataDirectory)",
            ])
        if let adminToken {
            Output.line("No admin token was set, so one was made. It is shown once:\n\n    \(adminToken)\n")
        }
        if let firstToken {
            Output.line("No key was configured, so one was made. It is shown once:\n\n    \(firstToken)\n")
        }
    }
}
