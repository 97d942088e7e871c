import Core
import NIOCore
import Plan
import Synchronization

/// The answers that clients may have again, over all loops. In memory, bounded in bytes, and gone with the program.
final class AnswerJournals: Sendable {
    /// What a client calls an answer by.
    struct Name: Hashable, Sendable {
        /// The key that asked: nobody else's answers can be had.
        let owner: String
        let text: String
    }

    enum Entrance {
        /// Nobody has asked so before: this call makes the answer.
        case lead(AnswerJournal)
        /// It is there, or on its way.
        case follow(AnswerJournal)
        /// The same name stood for another request.
        case conflict
    }

    fileprivate struct Entry {
        let journal: AnswerJournal
        let request: TokenDigest?
        let madeAt: Int64
        let number: Int
        var bytes = 0
    }

    fileprivate struct State {
        var entries: [Name: Entry] = [:]
        /// What was entered, in order; some of it is gone since, or was entered anew.
        var order = CircularBuffer<(name: Name, number: Int)>()
        var entered = 0
        var bytes = 0
    }

    private let state = Mutex(State())

    /// - Parameters:
    ///   - request: of all that makes two requests the same; nil: the name alone does.
    ///   - now: nanoseconds of the loops' clock.
    func enter(_ name: Name, request: TokenDigest?, now: Int64) -> Entrance {
        state.withLock { state in
            if let entry = state.entries[name], now - entry.madeAt < Limits.journalNanosecondsMax,
                entry.journal.phase != .failed
            {
                return entry.request == request ? .follow(entry.journal) : .conflict
            }
            let journal = AnswerJournal()
            state.remove(name)
            state.entered += 1
            state.entries[name] = Entry(
                journal: journal, request: request, madeAt: now, number: state.entered)
            state.order.append((name, state.entered))
            state.makeRoom(now)
            return .lead(journal)
        }
    }

    func journal(_ name: Name, now: Int64) -> AnswerJournal? {
        state.withLock { state in
            state.entries[name].flatMap { now - $0.madeAt < Limits.journalNanosecondsMax ? $0.journal : nil }
        }
    }

    /// The answer has ended: what failed is not kept, so that the next one tries again.
    func ended(_ name: Name, _ journal: AnswerJournal, isWhole: Bool, now: Int64) {
        journal.end(isWhole: isWhole)
        state.withLock { state in
            guard state.entries[name]?.journal === journal else { return }
            if journal.phase == .failed { return state.remove(name) }
            let bytes = journal.byteCount
            state.entries[name]?.bytes = bytes
            state.bytes += bytes
            state.makeRoom(now)
        }
    }
}

extension AnswerJournals.State {
    fileprivate mutating func remove(_ name: AnswerJournals.Name) {
        guard let entry = entries.removeValue(forKey: name) else { return }
        bytes -= entry.bytes
    }

    /// The oldest go first. Names of entries that are gone already are passed over.
    fileprivate mutating func makeRoom(_ now: Int64) {
        while let first = order.first {
            let entry = entries[first.name].flatMap { $0.number == first.number ? $0 : nil }
            let isOver = entry.map { now - $0.madeAt >= Limits.journalNanosecondsMax } ?? true
            guard isOver || bytes > Limits.journalsBytesMax || entries.count > Limits.journalsMax else { break }
            order.removeFirst()
            if entry != nil { remove(first.name) }
        }
        // What is gone is not to push out what is there.
        guard order.count > 2 * entries.count + 1000 else { return }
        order = CircularBuffer(order.filter { entries[$0.name]?.number == $0.number })
    }
}
