public import Core
import Synchronization

extension SQLiteRecordStore {
    /// Others may write and read meanwhile: what takes long, the copying of bodies that stay, is done in parts.
    public func erase(_ term: RecordFilter.Term, project: String) throws(StoreError) -> Int {
        try attempt {
            try erasures.withLock { _ in
                try eraseTraces(term, project: project)
                var count = 0
                for day in paths.days() {
                    count += try withWriter(of: day) { file in
                        let count = try Erasure.erase(term, project: project, file)
                        // Here, where nobody can have begun to make it anew.
                        forgetIndex(of: day)
                        return count
                    }
                    try moveBodies(of: day)
                }
                return count
            }
        }
    }

    /// Rows go last: while one is there, what stands in its trace can be found again after a failure.
    private func eraseTraces(_ term: RecordFilter.Term, project: String) throws {
        var traces: Set<TraceID> = []
        for day in paths.days() {
            traces.formUnion(try readDay(day) { try Erasure.traces(term, project: project, $0) } ?? [])
        }
        for day in paths.days() {
            try withWriter(of: day) { try Erasure.eraseTraces(term, project: project, traces: traces, $0) }
            // Nobody can say what of a file that cannot be read is the user's.
            try paths.deleteDamaged(day)
        }
    }

    /// Ends erasures that broke off when their rows were gone and some bodies were not.
    public func finishErasures() throws(StoreError) {
        try attempt {
            try erasures.withLock { _ in
                for day in paths.days() where try readDay(day, PackGeneration.isMoving) == true {
                    try moveBodies(of: day)
                }
            }
        }
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
