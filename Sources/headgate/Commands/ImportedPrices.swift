import Config
import Core
import Foundation
import Ledger

/// The price lists that were imported, as a catalogue in the data directory.
enum ImportedPrices {
    static let fileName = "prices.txt"

    static func path(in directory: String) -> String { directory + "/" + fileName }

    /// Empty where there is no file; a file that is wrong is an error, and nothing of it counts.
    static func read(_ path: String) throws -> [PriceEntry] {
        guard FileManager.default.fileExists(atPath: path) else { return [] }
        let text = try TextFile.read(path, bytesMax: PriceList.bytesMax)
        do throws(CatalogueError) {
            return try CatalogueReader.entries(Array(text.utf8))
        } catch {
            throw Failure(
                "\(path): no price catalogue: \(error). Remove it, so that the built-in prices count, and import the "
                    + "list anew.")
        }
    }

    /// Replaces the file in one step, so that whoever reads it sees the old one or the new one whole.
    static func write(_ entries: [PriceEntry], to path: String, comment: String) throws {
        let url = URL(fileURLWithPath: path)
        do {
            try FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(CatalogueWriter.text(entries, comment: comment).utf8).write(to: url, options: .atomic)
        } catch {
            throw Failure("\(path): cannot be written: \(error.localizedDescription)")
        }
    }
}
