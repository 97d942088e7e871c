import Core
import Crypto
import Foundation
import NIOCore

/// The bodies of one project and day: `bodies/2026-11-23/<project>.<generation>.pack`.
///
/// Appended to by one writer. What a crash leaves behind the last synced frame is referred to by no row.
final class PackWriter {
    /// Where a chunk stands.
    private struct Location {
        var frame: UInt64
        var start: UInt32
        var count: UInt32
    }

    private struct Digest: Hashable {
        var high: UInt64
        var low: UInt64
    }

    let generation: UInt64
    private let key: SymmetricKey?
    private let file: FileHandle
    private var end: UInt64
    private var pending = ByteBuffer()
    private var isDirty = false
    /// Two generations of what was stored lately: the older one is forgotten when the younger one is full.
    private var recent: [Digest: Location] = [:]
    private var older: [Digest: Location] = [:]

    /// Chunks that each generation remembers: some 6 MB.
    private static let rememberedMax = 65_536

    init(path: String, generation: UInt64, key: SymmetricKey?) throws {
        self.generation = generation
        self.key = key
        let manager = FileManager.default
        if !manager.fileExists(atPath: path) {
            guard manager.createFile(atPath: path, contents: nil, attributes: [.posixPermissions: 0o600]) else {
                throw CocoaError(.fileWriteUnknown)
            }
        }
        guard let file = FileHandle(forWritingAtPath: path) else { throw CocoaError(.fileWriteNoPermission) }
        self.file = file
        end = try file.seekToEnd()
    }

    deinit { try? file.close() }

    /// Takes a body; what of it was stored before is only referred to.
    func add(_ body: UnsafeRawBufferPointer) throws -> BodyManifest {
        var manifest = BodyManifest()
        manifest.generation = generation
        try ContentChunks.cut(body) { chunk in
            let digest = Self.digest(chunk)
            if let known = recent[digest] ?? older[digest] {
                manifest.append(.init(frame: known.frame, start: UInt64(known.start), count: UInt64(known.count)))
                return
            }
            if pending.readableBytes + chunk.count > PackFrame.bytesMax { try closeFrame() }
            let location = Location(
                frame: end, start: UInt32(pending.readableBytes), count: UInt32(chunk.count))
            pending.writeBytes(chunk)
            if recent.count >= Self.rememberedMax {
                swap(&older, &recent)
                recent.removeAll(keepingCapacity: true)
            }
            recent[digest] = location
            manifest.append(
                .init(frame: location.frame, start: UInt64(location.start), count: UInt64(location.count)))
        }
        return manifest
    }

    /// Brings everything that was taken to the disk.
    func sync() throws {
        try closeFrame()
        guard isDirty else { return }
        try file.synchronize()
        isDirty = false
    }

    /// What was taken since the last `sync` is not referred to after all.
    func forget() {
        pending.clear()
        recent.removeAll()
        older.removeAll()
        // A part of a frame may have been written: the next one begins behind it.
        end = (try? file.seekToEnd()) ?? end
    }

    private func closeFrame() throws {
        guard pending.readableBytes > 0 else { return }
        let frame = try PackFrame.encode(pending, at: end, key: key)
        try file.write(contentsOf: frame)
        isDirty = true
        end += UInt64(frame.count)
        pending.clear()
    }

    /// Half of a SHA-256: two chunks with the same are the same.
    private static func digest(_ chunk: UnsafeRawBufferPointer) -> Digest {
        SHA256.hash(data: chunk).withUnsafeBytes { bytes in
            Digest(
                high: bytes.loadUnaligned(fromByteOffset: 0, as: UInt64.self),
                low: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
        }
    }
}

/// Reads bodies out of a pack. Remembers the frame it read last: bodies that were written together stand in one.
struct PackReader {
    private let file: FileHandle
    private let key: SymmetricKey?
    private var frames: [(place: UInt64, bytes: [UInt8])] = []

    /// Frames that are remembered: a body's extents go back and forth between few.
    private static let framesMax = 4

    init(path: String, key: SymmetricKey?) throws(PackFailure) {
        do {
            file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
        } catch let error as CocoaError where [.fileNoSuchFile, .fileReadNoSuchFile].contains(error.code) {
            throw .damaged("The file of the bodies, \(path), is gone.")
        } catch {
            throw .unreachable("The file of the bodies, \(path), cannot be read: \(error).")
        }
        self.key = key
    }

    mutating func body(_ manifest: BodyManifest) throws(PackFailure) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(Int(manifest.byteCount))
        for extent in manifest.extents {
            let frame = try frame(at: extent.frame)
            guard extent.start + extent.count <= UInt64(frame.count) else {
                throw .damaged("The body's file is damaged: a part of it is missing.")
            }
            result += frame[Int(extent.start)..<Int(extent.start + extent.count)]
        }
        return result
    }

    private mutating func frame(at place: UInt64) throws(PackFailure) -> [UInt8] {
        if let known = frames.first(where: { $0.place == place }) { return known.bytes }
        let file = file
        let bytes = try PackFrame.decode(at: place, key: key) { offset, count in
            try file.seek(toOffset: offset)
            return try file.read(upToCount: count) ?? Data()
        }
        if frames.count == Self.framesMax { frames.removeFirst() }
        frames.append((place, bytes))
        return bytes
    }
}

/// Why a body cannot be read.
enum PackFailure: Error {
    /// Its bytes are not there any more, or others.
    case damaged(String)
    /// They may be there: the file cannot be read now, or the key is not theirs.
    case unreachable(String)

    var explanation: String {
        switch self {
        case .damaged(let text), .unreachable(let text): text
        }
    }
}
