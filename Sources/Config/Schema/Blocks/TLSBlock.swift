/// `tls`, of the data plane and of the admin plane.
enum TLSBlock: Block {
    static let title = "tls"
    static let summary = "A certificate to serve with. The files are read again when they change."
    static let example = "tls: { certificate: server.pem, key: server.key }"

    static let certificate = Field<Self, String>(
        "certificate", .text("the path of a file"), isRequired: true,
        "The certificate and those between it and its authority, as PEM.")
    static let key = Field<Self, String>(
        "key", .text("the path of a file"), isRequired: true, "The certificate's private key, as PEM.")
    static let fields: [any BlockField] = [certificate, key]
}
