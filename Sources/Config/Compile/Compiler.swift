import Core
import Ledger
import Plan
import Policy

/// Turns a file as written into a valid configuration, and reports all that stands in the way.
///
/// It goes on after an error, with what is right, so that one run finds all errors.
struct Compiler {
    let environment: [String: String]
    let readFile: ConfigLoader.FileReader
    let simulatorOrigin: Origin
    let overrides: ConfigOverrides
    let errors: ErrorCollector

    /// - Parameter file: the file's name; nil when there is none.
    func configuration(text: String, file: String?) throws(ConfigErrors) -> Configuration {
        let configuration = written(text).map { self.configuration(of: $0, file: file) }
        try errors.throwIfAny()
        guard let configuration else { preconditionFailure("a file that could not be read has an error") }
        return configuration
    }

    private func written(_ text: String) -> Written<FileBlock>? {
        guard let document = YAMLDocument(text: text, errors: errors) else { return nil }
        let context = ReadContext(environment: environment, errors: errors, skippedKeys: document.skippedKeys)
        guard let root = document.root else { return Written(.start, context) }
        return Written(root, context.place(Path(), of: root, near: .start), context)
    }

    private func configuration(of file: Written<FileBlock>, file name: String?) -> Configuration {
        let server = serverSettings(of: file)
        let providers = file[FileBlock.providers] ?? []
        let routes = routes(of: file[FileBlock.models] ?? [], providers: providers)
        let prices = prices(of: file[FileBlock.prices] ?? [], providers: providers.map(\.name))
        let priority = prioritySettings(of: file)
        let access = file[FileBlock.access] ?? .keys
        checkAccess(access, listen: server.listen, file)
        return Configuration(
            snapshot: Snapshot(
                server: server, access: access,
                timeouts: file[FileBlock.timeouts]?.overrides.applied(to: Timeouts()) ?? Timeouts(),
                retries: file[FileBlock.retries]?.overrides.applied(to: RetryPolicy()) ?? RetryPolicy(),
                breaker: file[FileBlock.breaker]?.settings ?? BreakerSettings(),
                health: file[FileBlock.health]?.settings,
                onDisconnect: file[FileBlock.onDisconnect] ?? .cancel, record: recordSettings(of: file),
                providers: providers.compactMap(provider),
                routes: routes,
                keys: keys(of: file[FileBlock.keys] ?? [], models: file[FileBlock.models] ?? [], priority),
                prices: prices.isEmpty ? .embedded : PriceBook(overrides: prices), limits: limitRules(of: file),
                priority: priority, fetch: file[FileBlock.fetch]?.settings),
            admin: adminSettings(of: file, dataPlane: server.listen),
            dataDirectory: overrides.dataDirectory ?? file[FileBlock.dataDirectory]
                ?? Configuration.dataDirectoryDefault,
            featurePrices: featurePrices(of: file[FileBlock.features] ?? []),
            otlp: otlpSettings(of: file[FileBlock.otlp] ?? []), file: name)
    }

    private func featurePrices(of features: [Named<Written<FeatureBlock>>]) -> [String: Money] {
        let prices = features.compactMap { feature in
            feature.value?[FeatureBlock.pricePerUse].map { (feature.name, $0) }
        }
        return Dictionary(prices, uniquingKeysWith: { first, _ in first })
    }

    private func recordSettings(of file: Written<FileBlock>) -> RecordSettings {
        let settings = file[FileBlock.record] ?? RecordSettings()
        if let key = settings.encryptionKey, key.reveal().utf8.count != 64 || !key.reveal().allSatisfy(\.isHexDigit) {
            errors.add(file.place(of: FileBlock.record), "'encryption_key' is not 64 hexadecimal digits")
        }
        return settings
    }

    private func checkAccess(_ access: Access, listen: ListenAddress, _ file: Written<FileBlock>) {
        guard access == .anyone, !listen.isLoopback else { return }
        errors.add(
            file.place(of: FileBlock.access),
            "'none' is allowed on a loopback address only, and 'listen' is \(listen); use keys, or listen on 127.0.0.1")
    }
}
