import Foundation
import Testing

@testable import Admin

@Suite struct DashboardAssetsTests {
    private let assets = DashboardAssets()
    private let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../../Sources/CDashboard/assets").standardized

    private func files() -> [String: Data] {
        let names = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String } ?? []
        return names.filter { $0.contains(".") }.reduce(into: [:]) { result, name in
            result[name] = FileManager.default.contents(atPath: folder.appendingPathComponent(name).path)
        }
    }

    @Test func everyFileIsInTheProgramWithoutItsComments() {
        let files = files()
        #expect(Set(assets.names) == Set(files.keys), "Sources/CDashboard/dashboard.c lists each file twice")
        for name in assets.names { #expect(assets.bytes(name)?.isEmpty == false, "\(name) is empty") }
    }

    @Test func noTextGoesOverLinesAndNoCodeStandsBesideABlockOfComment() {
        for (name, bytes) in files() where name.hasSuffix(".js") || name.hasSuffix(".css") {
            let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
            for (number, line) in lines.enumerated() {
                let isWhole = line.count { $0 == "`" } % 2 == 0 || line.contains("```")
                #expect(isWhole || line.drop { $0 == " " }.hasPrefix("//"), "\(name):\(number + 1) begins a text")
                #expect(!line.contains("*/") || line.hasSuffix("*/"), "\(name):\(number + 1)")
                let texts = line.split(separator: "\"", omittingEmptySubsequences: false)
                let isPlain = texts.indices.allSatisfy {
                    $0 % 2 == 0 || !texts[$0].contains(": ") && !texts[$0].contains("; ")
                }
                #expect(!name.hasSuffix(".css") || isPlain, "\(name):\(number + 1)")
                #expect(line.count <= 120, "\(name):\(number + 1) has \(line.count) characters")
            }
        }
    }

    @Test func allOfItIsSmall() {
        #expect(assets.names.reduce(0) { $0 + (assets.bytes($1)?.count ?? 0) } <= 250_000)
    }

    @Test func nothingComesFromElsewhereOrIsReadAsMarkup() {
        let banned = [
            "innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function", "DOMParser",
            "createContextualFragment", "https://", "http://",
        ]
        let known = ["http://www.w3.org/2000/svg", "http://${gateway}", "http://${listen}"]
        for (name, bytes) in files() {
            let text = known.reduce(String(decoding: bytes, as: UTF8.self)) { $0.replacing($1, with: "") }
            for word in banned { #expect(!text.contains(word), "\(name) has '\(word)'") }
        }
    }

    @Test func everyModuleImportsWhatThereIs() throws {
        let pattern = /from "(\.[^"]+)"/
        for name in assets.names where name.hasSuffix(".js") {
            let text = String(decoding: try #require(assets.bytes(name)), as: UTF8.self)
            for match in text.matches(of: pattern) {
                let base = URL(fileURLWithPath: "/" + name).deletingLastPathComponent()
                let target = base.appendingPathComponent(String(match.1)).standardized.path.dropFirst()
                #expect(assets.bytes(String(target)) != nil, "\(name) imports \(match.1)")
            }
        }
    }
}
