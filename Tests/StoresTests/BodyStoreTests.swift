import Core
import Foundation
import GRDB
import NIOCore
import Testing

@testable import Stores

@Suite struct BodyStoreTests {
    private let folder = Folder()
    private let filter = RecordFilter(since: Samples.start - 1_000_000, until: Samples.start + 86_400_000_000)

    /// Text that does not compress to nothing and repeats nowhere.
    private func text(_ seed: Int, bytes: Int) -> String {
        var state = UInt64(seed) &* 0x9E37_79B9_7F4A_7C15 | 1
        var result = ""
        while result.utf8.count < bytes {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            result += String(state >> 20, radix: 36) + " "
        }
        return String(result.prefix(bytes))
    }

    private func write(_ bodies: [String], _ store: SQLiteRecordStore, user: String? = nil) throws -> [ExchangeID] {
        try bodies.enumerated().map { place, body in
            var record = Samples.record(place, at: Samples.start + Int64(place) * 1000)
            if let user { record.tags.set("user", user) }
            record.requestBody = ByteBuffer(string: body)
            try store.write([Samples.stored(record)])
            return record.id
        }
    }

    private func session(turns: Int) -> [String] {
        let messages = (0..<turns).map {
            #"{"role":"\#($0 % 2 == 0 ? "user" : "assistant")","content":"\#(text($0, bytes: 4000))"}"#
        }
        return (1...turns).map {
            #"{"model":"m","messages":[\#(messages.prefix($0).joined(separator: ","))],"stream":true}"#
        }
    }

    @Test func aLongSessionStoresItsHistoryOnce() throws {
        let store = SQLiteRecordStore(directory: folder.path)
        let bodies = session(turns: 50)
        let ids = try write(bodies, store)
        for (id, body) in zip(ids, bodies) { #expect(try store.body(id, .request) == Array(body.utf8)) }
        let unique = try #require(bodies.last).utf8.count
        let manifests = try RecordReaders(RecordPaths(root: folder.path)).read(Day(containing: Samples.start)) {
            database in
            try Int.fetchOne(database, sql: "SELECT sum(length(request_body)) FROM records") ?? 0
        }
        let stored = try rawBytes() + (manifests ?? 0)
        #expect(stored * 2 <= unique * 3, "\(stored) bytes for \(unique)")
    }

    /// Bytes of chunks in all frames, before compression.
    private func rawBytes() throws -> Int {
        var sum = 0
        for file in folder.files(".pack") {
            let data = [UInt8](try Data(contentsOf: URL(fileURLWithPath: file)))
            var position = 0
            while position < data.count {
                func number(_ at: Int) -> Int { data[at..<(at + 4)].reduce(0) { $0 << 8 | Int($1) } }
                sum += number(position + 5)
                position += PackFrame.headerBytes + number(position + 9)
            }
        }
        return sum
    }

    @Test func encryptedBodiesAreReadWithTheirKeyAlone() throws {
        let key = [UInt8](repeating: 7, count: 32)
        let secret = "the quick brown fox jumps over the lazy dog"
        let id = try write([secret], SQLiteRecordStore(directory: folder.path, key: key))[0]
        #expect(try SQLiteRecordStore(directory: folder.path, key: key).body(id, .request) == Array(secret.utf8))
        #expect(throws: StoreError.self) {
            try SQLiteRecordStore(directory: folder.path, key: [UInt8](repeating: 8, count: 32)).body(id, .request)
        }
        #expect(throws: StoreError.self) { try SQLiteRecordStore(directory: folder.path).body(id, .request) }
        for file in folder.files(".pack") {
            #expect(try Data(contentsOf: URL(fileURLWithPath: file)).range(of: Data("quick".utf8)) == nil)
        }
    }

    @Test func aDamagedFrameIsToldAndHarmsNothingElse() throws {
        let store = SQLiteRecordStore(directory: folder.path)
        let ids = try write([text(1, bytes: 3000), text(2, bytes: 3000)], store)
        let file = try #require(folder.files(".pack").first)
        var data = try Data(contentsOf: URL(fileURLWithPath: file))
        data[40] ^= 0xFF
        try data.write(to: URL(fileURLWithPath: file))
        #expect(throws: StoreError.self) { try store.body(ids[0], .request) }
        #expect(try store.body(ids[1], .request)?.count == 3000)
        #expect(try store.record(ids[0]) != nil)
    }

    @Test func erasesAUserAndKeepsTheOthersSharedBytes() throws {
        let store = SQLiteRecordStore(directory: folder.path)
        let shared = text(1, bytes: 6000)
        let alice = try write([shared + " alice's secret words"], store, user: "alice")[0]
        var record = Samples.record(77, at: Samples.start + 5000)
        record.tags.set("user", "bert")
        record.requestBody = ByteBuffer(string: shared + " bert")
        try store.write([Samples.stored(record)])
        let before = try store.sums(SumQuery(filter, by: [])).first?.sums.requests
        #expect(try store.erase(.init(.user, "alice"), project: "default") == 1)
        #expect(try store.record(alice) == nil)
        #expect(try store.body(alice, .request) == nil)
        #expect(try store.body(record.id, .request) == Array((shared + " bert").utf8))
        #expect(try store.sums(SumQuery(filter, by: [])).first?.sums.requests == before)
        for file in folder.files("") where FileManager.default.contents(atPath: file) != nil {
            let data = try Data(contentsOf: URL(fileURLWithPath: file))
            if file.hasSuffix(".pack") { #expect(data.range(of: Data("secret".utf8)) == nil, "\(file)") }
        }
        // The store goes on writing behind the rewrite.
        #expect(try write(["more"], store).count == 1)
        #expect(try store.erase(.init(.user, "alice"), project: "default") == 0)
    }

    @Test func chunksAreTheBytesInOrder() {
        for count in [0, 1, 127, 128, 129, 5000, 60_000] {
            let bytes = Array(text(count, bytes: count).utf8)
            var joined: [UInt8] = []
            bytes.withUnsafeBytes { ContentChunks.cut($0) { joined += Array($0) } }
            #expect(joined == bytes)
        }
    }

    @Test func manifestsSurviveTheirBytesAndCutsOfThem() {
        var manifest = BodyManifest()
        manifest.generation = 3
        for place in 0..<20 { manifest.append(.init(frame: UInt64(place * 977 % 11 * 100), start: 5, count: 9)) }
        #expect(BodyManifest(manifest.encoded) == manifest)
        for cut in manifest.encoded.indices { #expect(BodyManifest(Array(manifest.encoded[..<cut])) != manifest) }
    }
}
