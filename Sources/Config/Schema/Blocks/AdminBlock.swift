import Plan

/// Who may read `GET /metrics` of the admin plane.
public enum MetricsAccess: String, Sendable, CaseIterable {
    /// Anyone who reaches the port.
    case open
    /// With an admin token.
    case token
}

/// `admin`.
enum AdminBlock: Block {
    static let title = "admin"
    static let summary = """
        The admin plane: API and metrics, on a port of its own. Its tokens are `HEADGATE_ADMIN_TOKEN`, or one that \
        is made at the first start and shown once.
        """
    static let example = "admin: { listen: 127.0.0.1:8081, metrics: token }"

    static let listen = Field<Self, ListenAddress>(
        "listen", .address, default: AdminSettings().listen,
        "Where the admin plane listens. Another address than a loopback one needs `tls`.")
    static let tls = Field<Self, Written<TLSBlock>>("tls", .block(TLSBlock.self), "Serve with TLS.")
    static let metrics = Field<Self, MetricsAccess>(
        "metrics", .choice(of: MetricsAccess.self), default: AdminSettings().metrics,
        "Whether `GET /metrics` is open to anyone who reaches the port, or needs an admin token.")
    static let fields: [any BlockField] = [listen, tls, metrics]
}
