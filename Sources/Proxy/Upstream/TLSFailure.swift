import NIOSSL

/// Says in words why TLS with an upstream failed.
enum TLSFailure {
    static let otherName = "its certificate is for another name"

    static func explanation(of error: any Error) -> String {
        if let error = error as? NIOSSLExtraError, error == .failedToValidateHostname {
            return otherName
        }
        // BoringSSL gives its reasons as text only.
        let text = "\(error)"
        if text.contains("CERTIFICATE_VERIFY_FAILED") {
            return "its certificate is not trusted: the authority is not known, or the certificate is not valid now"
        }
        if text.contains("WRONG_VERSION_NUMBER") { return "it does not speak TLS on this port" }
        return text
    }
}
