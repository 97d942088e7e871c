import Foundation
import Testing

/// The project's folder, from this file's place in it.
private let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

private struct SourceFile {
    let path: String
    let lines: [String]
}

private func sources(under folder: String) -> [SourceFile] {
    let base = root.appendingPathComponent(folder).path
    let names = FileManager.default.enumerator(atPath: base)?.compactMap { $0 as? String } ?? []
    return names.filter { $0.hasSuffix(".swift") }.sorted().compactMap { name in
        guard let text = try? String(contentsOfFile: base + "/" + name, encoding: .utf8) else { return nil }
        return SourceFile(path: folder + "/" + name, lines: text.components(separatedBy: "\n"))
    }
}

@Suite struct HouseRulesTests {
    /// Which rooms a room may import, and what of others. The lists are complete.
    static let importTable: [String: Set<String>] = {
        let system: Set<String> = ["Glibc", "Musl"]
        return [
            "Core": system.union(["NIOCore", "Logging", "Collections", "Synchronization"]),
            "Wire": ["Core", "NIOCore", "Crypto"],
            "Policy": ["Core", "Collections"],
            "Ledger": ["Core", "Collections", "CLedgerCatalogue"],
            "Plan": ["Core", "Wire", "Policy", "Ledger"],
            "Config": [
                "Core", "Wire", "Policy", "Ledger", "Plan", "Yams", "FoundationEssentials", "Crypto", "NIOCore",
            ],
            "Credentials": [
                "Core", "Wire", "NIOCore", "NIOHTTP1", "AsyncHTTPClient", "Crypto", "CryptoExtras",
                "Synchronization",
            ],
            "Compression": ["Core", "NIOCore", "CZlib", "CZstd"],
            "Proxy": system.union([
                "Core", "Wire", "Policy", "Ledger", "Plan", "Compression", "NIOCore", "NIOPosix", "NIOHTTP1",
                "NIOWebSocket",
                "NIOSSL",
                "NIOTLS", "NIOExtras", "Crypto", "Synchronization",
            ]),
            "Observability": [
                "Core", "Wire", "Compression", "CPCRE2", "NIOCore", "Logging", "Foundation", "Dispatch",
                "Synchronization", "AsyncHTTPClient", "NIOHTTP1",
            ],
            "Stores": [
                "Core", "Compression", "GRDB", "GRDBSQLite", "NIOCore", "Crypto", "Foundation", "Dispatch",
                "Synchronization",
            ],
            "Admin": [
                "Core", "Wire", "Ledger", "Plan", "Policy", "Config", "Observability", "CDashboard", "Hummingbird",
                "HummingbirdCore", "HummingbirdTLS", "NIOCore", "NIOPosix", "NIOSSL", "Logging", "ServiceLifecycle",
                "Foundation", "Synchronization",
            ],
            "Simulator": system.union(["Core", "Wire", "NIOCore", "NIOPosix", "NIOHTTP1", "Darwin"]),
        ]
    }()

    @Test(arguments: importTable.keys.sorted()) func importsPointInward(_ room: String) {
        let allowed = Self.importTable[room] ?? []
        let files = sources(under: "Sources/\(room)")
        #expect(!files.isEmpty, "no files in Sources/\(room)")
        for file in files {
            for line in file.lines {
                let words = line.split(separator: " ").filter { !$0.hasPrefix("@") }
                guard let place = words.firstIndex(of: "import"), place < 2, place + 1 < words.count else { continue }
                guard place == 0 || ["public", "internal", "package", "private"].contains(words[0]) else { continue }
                let module = String(words.last!.split(separator: ".")[0])
                #expect(allowed.contains(module), "\(file.path) imports \(module), which \(room) may not")
            }
        }
    }

    /// Words that have a better replacement, and where they are allowed all the same.
    static let banned: [(word: String, instead: String, except: [String])] = [
        ("try!", "handle the error", []),
        ("fatalError(", "preconditionFailure with a reason", []),
        ("print(", "Output or the log", []),
        ("Date()", "the loop's clock, or WallClock", []),
        ("Thread.sleep", "wait for a signal", []),
        ("usleep(", "wait for a signal", []),
        ("Task.sleep", "a deadline on the wheel", ["Sources/Proxy/DataPlane.swift"]),
        (
            ".now()", "the loop's clock: 'loop.now'",
            [
                "Sources/Proxy/Upstream/Resolver.swift", "Sources/Observability/Recording/Recorder.swift",
                "Sources/Observability/Ingest/FeedbackIngest.swift", "Sources/Credentials/AccessTokens.swift",
            ]
        ),
        (
            "withTaskCancellationHandler", "a wake of the exchange: a handler runs on its caller's thread",
            ["Sources/Simulator/SimulatorServer.swift"]
        ),
        ("withErrorHandling: true", "an own answer: the handler writes an empty 400", []),
        ("TODO", "do it, or say why not in a sentence", []),
        ("FIXME", "do it, or say why not in a sentence", []),
    ]

    @Test func noBannedWords() {
        for file in sources(under: "Sources") {
            for (number, line) in file.lines.enumerated()
            where !line.trimmingCharacters(in: .whitespaces).hasPrefix("//") {
                for rule in Self.banned where line.contains(rule.word) && !rule.except.contains(file.path) {
                    #expect(Bool(false), "\(file.path):\(number + 1): '\(rule.word)': use \(rule.instead)")
                }
            }
        }
    }

    @Test func uncheckedPromisesSayWhatMakesThemTrue() {
        for file in sources(under: "Sources") {
            for (number, line) in file.lines.enumerated()
            where line.contains("@unchecked Sendable") || line.contains("nonisolated(unsafe)") {
                let before = file.lines[max(0, number - 8)...number].joined(separator: "\n")
                #expect(before.contains("Unchecked:"), "\(file.path):\(number + 1) lacks its 'Unchecked: ...' comment")
            }
        }
    }

    @Test func linesFitThePage() {
        for file in sources(under: "Sources") {
            for (number, line) in file.lines.enumerated() {
                #expect(line.count <= 120, "\(file.path):\(number + 1) has \(line.count) characters")
            }
        }
    }

    @Test func linksInTheDocumentsLeadSomewhere() throws {
        let manager = FileManager.default
        let names =
            ["README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md"]
            + (manager.enumerator(atPath: root.path + "/docs")?.compactMap { $0 as? String } ?? [])
            .filter { $0.hasSuffix(".md") }.map { "docs/" + $0 }
        let pattern = try NSRegularExpression(pattern: #"\]\(([^)#: ]+)[^)]*\)"#)
        for name in names {
            guard let text = try? String(contentsOf: root.appendingPathComponent(name), encoding: .utf8) else {
                continue
            }
            let folder = root.appendingPathComponent(name).deletingLastPathComponent()
            for match in pattern.matches(in: text, range: NSRange(text.startIndex..., in: text)) {
                let target = String(text[Range(match.range(at: 1), in: text)!])
                #expect(
                    manager.fileExists(atPath: folder.appendingPathComponent(target).path),
                    "\(name): dead link to \(target)")
            }
        }
    }
}
