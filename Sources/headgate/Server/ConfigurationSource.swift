import Config
import Core
import Foundation
import Plan
import Stores
import Synchronization

/// The configuration and the store's keys, as one: loads them, and loads them again when either has changed.
///
/// A bad file is refused whole, and what was last good stays.
final class ConfigurationSource: Sendable {
    private struct State {
        /// The last good file, without the store's keys.
        var file: Configuration
        var current: Configuration
        var fileStamp: [String]
        var storeVersion: Int
        /// The store's version whose keys count.
        var keysVersion: Int
        /// What changed could not be read yet.
        var mustRetry = false
    }

    struct Change {
        /// What counts from now on; nil: what counted before.
        var installed: Configuration?
        var reason = ""
        /// Why the file, or the store, was not taken as it is now.
        var refused: String?
    }

    private let options: ConfigOptions
    private let overrides: ConfigOverrides
    private let simulatorOrigin: Origin
    let store: MetaDatabase
    private let state: Mutex<State>
    /// The token of the key that was made because there was none.
    let firstToken: String?

    init(_ options: ConfigOptions, overrides: ConfigOverrides, simulatorOrigin: Origin) throws {
        self.options = options
        self.overrides = overrides
        self.simulatorOrigin = simulatorOrigin
        do {
            let file = try options.load(simulatorOrigin: simulatorOrigin, overrides: overrides)
            store = try MetaDatabase(directory: file.dataDirectory)
            firstToken = try Self.makeFirstKey(file, store)
            let version = try store.version()
            state = Mutex(
                State(
                    file: file, current: try Self.adding(to: file, from: store),
                    fileStamp: Self.stamp(options, file), storeVersion: version, keysVersion: version))
        } catch let errors as ConfigErrors {
            throw Failure(errors.description)
        } catch let error as StoreError {
            throw Failure(error.explanation)
        }
    }

    var current: Configuration { state.withLock { $0.current } }

    /// Looks whether something has changed since the last look. The store's keys follow also while the file is bad: a
    /// key that was revoked must not stay good until somebody mends the file.
    func refresh(always: Bool = false) -> Change {
        state.withLock { state in
            let stamp = Self.stamp(options, state.file)
            let version = (try? store.version()) ?? state.storeVersion
            let fileChanged = always || stamp != state.fileStamp
            guard fileChanged || version != state.storeVersion || state.mustRetry else { return Change() }
            // Noted before the outcome is known: a file that is wrong is told of once, not every half second.
            state.fileStamp = stamp
            state.storeVersion = version
            var change = Change(reason: fileChanged ? "configuration" : "store")
            if fileChanged { change.refused = readFile(into: &state) }
            guard change.refused == nil || version != state.keysVersion else { return change }
            do {
                state.current = try Self.adding(to: state.file, from: store)
                state.keysVersion = version
                state.mustRetry = false
                change.installed = state.current
            } catch {
                // Told once, tried again at every look: a key that was revoked must not stay good.
                change.refused = state.mustRetry ? nil : (error as? StoreError)?.explanation ?? "\(error)"
                state.mustRetry = true
            }
            return change
        }
    }

    /// - Returns: why the file is no good; what was last good stays then.
    private func readFile(into state: inout State) -> String? {
        do {
            state.file = try options.load(simulatorOrigin: simulatorOrigin, overrides: overrides)
            return nil
        } catch let errors as ConfigErrors {
            return errors.description
        } catch {
            return (error as? Failure)?.message ?? "\(error)"
        }
    }

    /// The file with the store's keys and drained targets.
    private static func adding(to file: Configuration, from store: MetaDatabase) throws -> Configuration {
        let now = WallClock.unixMicroseconds()
        let drained = try store.drainedTargets().compactMap { TargetName($0.name) }
        let keys = try store.all().flatMap { $0.planned(file.snapshot.priority, now: now) }
        return file.adding(keys: keys, drained: Set(drained))
    }

    /// Access is closed by default: where keys are wanted and there is none, one is made.
    private static func makeFirstKey(_ configuration: Configuration, _ store: MetaDatabase) throws -> String? {
        guard configuration.snapshot.access == .keys, configuration.snapshot.keys.isEmpty,
            try store.all().allSatisfy({ $0.revokedAt != nil })
        else { return nil }
        let token = MadeToken()
        try store.create(
            NewKey(name: "first").stored(token, classes: [], now: WallClock.unixMicroseconds()),
            noting: .now(by: "first start", "create key", "first"))
        return token.reveal()
    }

    /// What tells that a file was written again: its time, size and number.
    private static func stamp(_ options: ConfigOptions, _ configuration: Configuration) -> [String] {
        let tls = configuration.snapshot.server.tls
        let prices = ImportedPrices.path(in: configuration.dataDirectory)
        return [options.file, tls?.certificateFile, tls?.keyFile, prices].compactMap { $0 }.map { path in
            var status = stat()
            guard stat(path, &status) == 0 else { return "\(path): none" }
            return "\(path): \(status.st_ino) \(status.st_size) \(status.st_mtim.tv_sec).\(status.st_mtim.tv_nsec)"
        }
    }
}
