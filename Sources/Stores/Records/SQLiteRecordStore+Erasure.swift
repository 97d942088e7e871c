public import Core
import Synchronization

extension SQLiteRecordStore {
    /// Others may write and read meanwhile: what takes long, the copying of bodies that stay, is done in parts. What
    /// fails in one day holds up no other.
    public func erase(_ term: RecordFilter.Term, project: String) throws(StoreError) -> Int {
        try attempt {
            try erasures.withLock { mayBeUnfinished in
                let wasUnfinished = mayBeUnfinished
                mayBeUnfinished = true
                try eraseTraces(term, project: project)
                var count = 0
                try eachDay { day in
                    count += try withWriter(of: day) { file in
                        let count = try Erasure.erase(term, project: project, file)
                        // Here, where nobody can have begun to make it anew.
                        forgetIndex(of: day)
                        return count
                    }
                    try moveBodies(of: day)
                }
                mayBeUnfinished = wasUnfinished
                return count
            }
        }
    }

    /// Rows go last: while one is there, what stands in its trace can be found again after a failure.
    private func eraseTraces(_ term: RecordFilter.Term, project: String) throws {
        var traces: Set<TraceID> = []
        try eachDay { day in
            traces.formUnion(try readDay(day) { try Erasure.traces(term, project: project, $0) } ?? [])
        }
        try eachDay { day in
            try withWriter(of: day) { try Erasure.eraseTraces(term, project: project, traces: traces, $0) }
            // Nobody can say what of a file that cannot be read is the user's, nor which bodies it spoke of.
            guard paths.hasDamaged(day) else { return }
            try withWriter(of: day) { try $0.rewrite(PackGeneration.begin) }
            try paths.deleteDamaged(day)
        }
    }

    /// Ends erasures that broke off when their rows were gone and some bodies were not, or the files of these. Called
    /// now and then; does nothing when there are none, or while one runs.
    public func finishErasures() throws(StoreError) {
        try attempt {
            _ = try erasures.withLockIfAvailable { mayBeUnfinished in
                guard mayBeUnfinished else { return }
                try eachDay { day in
                    if try readDay(day, PackGeneration.isMoving) == true { try moveBodies(of: day) }
                    // Of a kill between the last body's move and the end of the files.
                    if let oldest = try readDay(day, PackGeneration.oldest) {
                        try paths.deletePacks(day, before: oldest)
                    }
                }
                mayBeUnfinished = false
            }
        }
    }

    /// Runs the body for each day, also after one for which it failed.
    /// - Throws: the first failure.
    private func eachDay(_ body: (Day) throws -> Void) throws {
        var failure: (any Error)?
        for day in paths.days() {
            do { try body(day) } catch { failure = failure ?? error }
        }
        if let failure { throw failure }
    }

    private func moveBodies(of day: Day) throws {
        var move = BodyMove(day, paths: paths, key: key)
        var hasMore = true
        while hasMore {
            // A day that retention deleted meanwhile is not made anew.
            hasMore = try paths.hasDatabase(day) && withWriter(of: day) { try move.step($0) }
        }
    }
}
