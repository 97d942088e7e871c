import Core
import Crypto
import Foundation
import GRDB

/// Texts of a day's file that are content: encrypted where bodies are, bound to the trace they belong to.
struct SealedText {
    let key: SymmetricKey?

    /// A text as it is, or bytes that are encrypted.
    func seal(_ text: String?, of trace: TraceID) throws -> (any DatabaseValueConvertible)? {
        guard let text, let key else { return text }
        return try AES.GCM.seal(Data(text.utf8), using: key, authenticating: Data(trace.bytes)).combined
    }

    /// nil where it is encrypted and no key is at hand.
    func open(_ value: DatabaseValue, of trace: TraceID) throws -> String? {
        guard case .blob(let data) = value.storage else { return String.fromDatabaseValue(value) }
        guard let key else { return nil }
        let box = try AES.GCM.SealedBox(combined: data)
        return String(decoding: try AES.GCM.open(box, using: key, authenticating: Data(trace.bytes)), as: UTF8.self)
    }
}
