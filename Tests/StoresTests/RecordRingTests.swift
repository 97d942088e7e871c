import Core
import Logging
import NIOCore
import Synchronization
import Testing

@testable import Observability
@testable import Stores

/// What happens to bodies between the loop and the store.
@Suite struct RecordRingTests {
    private let folder = Folder()
    private let prepared = Prepared()
    private let recorder: Recorder
    private let ring: RecordRing

    init() throws {
        recorder = try Recorder(
            store: SQLiteRecordStore(directory: folder.path), settings: RecordSettings(), consumers: [],
            preparedConsumers: [prepared],
            log: OperationalLog(Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }))
        ring = RecordRing(recorder)
    }

    private func body(_ letter: Character, _ count: Int) -> ByteBuffer {
        ByteBuffer(string: String(repeating: letter, count: count))
    }

    @Test func bodiesOfAllSizesArriveAsTheyWere() {
        let large = Limits.recordCopiedBodyBytesMax
        let sizes = [(5, 7), (large, large + 1), (large + 1, 3), (0, 9), (1, 0)]
        for _ in 1...2 {
            var expected: [[String?]] = []
            for (number, size) in sizes.enumerated() {
                var record = Samples.record(number)
                record.requestBody = size.0 > 0 ? body("q", size.0) : nil
                record.responseBody = size.1 > 0 ? body("a", size.1) : nil
                expected.append([record.requestBody, record.responseBody].map { $0.map(String.init(buffer:)) })
                #expect(ring.append(record))
            }
            ring.flush()
            recorder.finish()
            #expect(prepared.take() == expected)
        }
    }

    @Test func whatAConnectionHasReadIntoIsFreeAgain() throws {
        var small = body("q", 300)
        var record = Samples.record(0)
        record.requestBody = small.getSlice(at: 100, length: 100)
        #expect(ring.append(record))
        record.requestBody = nil
        let isFree = small.modifyIfUniquelyOwned { _ in true }
        #expect(isFree == true)
        ring.flush()
        recorder.finish()
        #expect(prepared.take().first?.first == String(repeating: "q", count: 100))
    }
}

private final class Prepared: PreparedRecordConsumer {
    private let bodies = Mutex<[[String?]]>([])

    func consume(prepared records: [RecordToStore]) {
        let texts = records.map { item in
            [item.record.requestBody, item.record.responseBody].map { $0.map(String.init(buffer:)) }
        }
        bodies.withLock { $0 += texts }
    }

    func take() -> [[String?]] {
        bodies.withLock { bodies in
            defer { bodies = [] }
            return bodies
        }
    }
}
