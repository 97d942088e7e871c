import Foundation

/// Lines for `Benchmarks/run`, each written at once: it waits for some of them.
enum Output {
    static func line(_ text: String) {
        FileHandle.standardOutput.write(Data((text + "\n").utf8))
    }
}
