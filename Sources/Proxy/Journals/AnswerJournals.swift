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
        var bytes = 0
    }

    fileprivate struct State {
        var entries: [Name: Entry] = [:]
        /// The names in the order in which they were entered.
        var order = CircularBuffer<Name>()
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
            state.entries[name] = Entry(journal: journal, request: request, madeAt: now)
            state.order.append(name)
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
            let entry = entries[first]
            let isOver = entry.map { now - $0.madeAt >= Limits.journalNanosecondsMax } ?? true
            guard isOver || bytes > Limits.journalsBytesMax || order.count > Limits.journalsMax else { return }
            order.removeFirst()
            remove(first)
        }
    }
}
