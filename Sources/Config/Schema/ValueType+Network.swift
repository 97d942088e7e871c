import Core
import Plan

extension ValueType where Value == ListenAddress {
    /// An address to listen on.
    static let address = ValueType.scalar(
        ScalarShape(
            name: "HOST:PORT", expectation: "an address such as 127.0.0.1:8080 or [::1]:8080",
            form: .pattern(#"^([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\]):[0-9]+$"#))
    ) { text throws(ScalarProblem) in
        guard let address = AddressText.parse(text) else { throw .unexpected }
        return address
    }
}

extension ValueType where Value == String {
    /// The origin of a web page as browsers write it: in lower case, without the scheme's own port.
    static let webOrigin = ValueType.scalar(
        ScalarShape(
            name: "origin", expectation: "an origin such as https://app.example, without a path",
            form: .pattern("^https?://[^/@?#]+$"))
    ) { text throws(ScalarProblem) in
        guard let parts = try? URLText.parts(text), parts.scheme == "http" || parts.scheme == "https",
            parts.user == nil, parts.path.isEmpty, !parts.hasQuery, !parts.hasFragment
        else { throw .unexpected }
        return Origin(isTLS: parts.scheme == "https", host: parts.host, port: parts.portOrDefault).description
    }

    /// A host, or `*.` and a name for all hosts below it; in lower case.
    static let hostPattern = ValueType.scalar(
        ScalarShape(
            name: "host", expectation: "a host such as cdn.example.com, or *.example.com for all below",
            form: .pattern(#"^(\*\.)?[A-Za-z0-9._-]+$|^[0-9A-Fa-f:.]+$"#))
    ) { text throws(ScalarProblem) in
        let name = text.hasPrefix("*.") ? text.dropFirst(2) : text[...]
        let isAddress = name.count == text.count && IPNetwork(text) != nil && !text.contains("/")
        guard isAddress || Characters.isHostName(name) else { throw .unexpected }
        return text.lowercased()
    }

    /// An IP address or a network of them.
    static let network = ValueType.scalar(
        ScalarShape(
            name: "address or network", expectation: "an address or a network such as 10.0.0.0/8",
            form: .pattern("^[0-9A-Fa-f:.]+(/[0-9]+)?$"))
    ) { text throws(ScalarProblem) in
        guard IPNetwork(text) != nil else { throw .unexpected }
        return text
    }
}

extension ValueType where Value == BaseURL {
    /// The base URL of a provider. An error does not repeat it: a misplaced password may stand in it.
    static let baseURL = ValueType.scalar(
        ScalarShape(name: "URL", expectation: "a URL", form: .pattern("^https?://[^@?#]+$")), isSecret: true
    ) { text throws(ScalarProblem) in
        do throws(URLText.Problem) {
            return try URLText.baseURL(text)
        } catch {
            throw .message(error.message)
        }
    }
}

/// How a provider is reached.
enum ProxySetting: Sendable {
    /// As the environment's variables say.
    case environment
    /// Without a proxy.
    case direct
    case proxy(Provider.HTTPProxy)
}

extension ValueType where Value == ProxySetting {
    /// An error does not repeat the URL: it may hold a password.
    static let proxy = ValueType.scalar(
        .either([
            .choice(["env", "none"]),
            .scalar(
                ScalarShape(name: "URL", expectation: "a URL", form: .pattern("^http://[^?#]+$"))),
        ]),
        expectation: "env, none or a URL such as http://proxy.example:3128", isSecret: true,
        format: { setting in
            switch setting {
            case .environment: "env"
            case .direct: "none"
            case .proxy(let proxy): "http://\(proxy.host):\(proxy.port)"
            }
        },
        parse: { text throws(ScalarProblem) in
            switch text {
            case "env": return .environment
            case "none": return .direct
            default: break
            }
            guard text.contains("://") else { throw .unexpected }
            do throws(URLText.Problem) {
                return .proxy(try ProxyURLText.parse(text, schemeOptional: false))
            } catch {
                throw .message(error.message)
            }
        })
}
