import Compression
import Core
import Crypto
import Foundation
import NIOCore

/// A piece of a pack file: many chunks, compressed together, encrypted where a key is configured.
///
/// On disk: the mark `HGB1`, a byte of flags, the length before and after compression (4 bytes each, big-endian), the
/// first 8 bytes of the SHA-256 of what is stored, and that. Encryption is AES-GCM-256 with a random nonce; the frame's
/// place in the file is authenticated with it, so that frames cannot be exchanged.
enum PackFrame {
    /// Bytes of chunks after which a frame is closed.
    static let bytesMax = 4 * 1024 * 1024
    static let headerBytes = 21
    private static let mark: [UInt8] = Array("HGB1".utf8)
    private static let encrypted: UInt8 = 1

    static func encode(_ chunks: ByteBuffer, at offset: UInt64, key: SymmetricKey?) throws -> Data {
        var stored = Data(Compressor.compress(chunks, .zstd, level: 1).readableBytesView)
        if let key {
            stored = try AES.GCM.seal(stored, using: key, authenticating: associated(offset)).combined ?? Data()
        }
        var frame = Data(mark)
        frame.reserveCapacity(headerBytes + stored.count)
        frame.append(key == nil ? 0 : encrypted)
        frame.append(contentsOf: bytes(UInt32(chunks.readableBytes)))
        frame.append(contentsOf: bytes(UInt32(stored.count)))
        frame.append(contentsOf: SHA256.hash(data: stored).prefix(8))
        frame.append(stored)
        return frame
    }

    /// - Parameter read: reads bytes of the file from a place on; fewer come back at its end.
    static func decode(
        at offset: UInt64, key: SymmetricKey?, read: (UInt64, Int) throws -> Data
    ) throws(PackFailure) -> [UInt8] {
        let header = [UInt8](try bytes(offset, headerBytes, read))
        guard header.count == headerBytes, header.starts(with: mark) else { throw damaged(offset) }
        let count = Int(number(header[5..<9]))
        let storedCount = Int(number(header[9..<13]))
        guard count <= bytesMax * 2, storedCount <= bytesMax * 2 else { throw damaged(offset) }
        var stored = try bytes(offset + UInt64(headerBytes), storedCount, read)
        guard stored.count == storedCount, SHA256.hash(data: stored).prefix(8).elementsEqual(header[13..<21]) else {
            throw damaged(offset)
        }
        if header[4] & encrypted != 0 { stored = try decrypt(stored, at: offset, key) }
        guard let output = decompress(stored, count: count) else { throw damaged(offset) }
        return output
    }

    private static func bytes(
        _ offset: UInt64, _ count: Int, _ read: (UInt64, Int) throws -> Data
    ) throws(PackFailure) -> Data {
        do {
            return try read(offset, count)
        } catch {
            throw .unreachable("The body's file cannot be read at byte \(offset): \(error).")
        }
    }

    /// The checksum has shown that the bytes are those that were written: what fails is the key.
    private static func decrypt(_ stored: Data, at offset: UInt64, _ key: SymmetricKey?) throws(PackFailure) -> Data {
        guard let key else {
            throw .unreachable("The body is encrypted and no key is configured (record.encryption_key).")
        }
        do {
            return try AES.GCM.open(
                AES.GCM.SealedBox(combined: stored), using: key, authenticating: associated(offset))
        } catch {
            throw .unreachable(
                "The body is encrypted with another key than the configured one (record.encryption_key).")
        }
    }

    private static func decompress(_ stored: Data, count: Int) -> [UInt8]? {
        var output = ByteBuffer()
        do {
            var decompressor = try Decompressor(
                .zstd, limits: DecompressionLimits(outputBytesMax: count, ratioMax: .max))
            try decompressor.push(ByteBuffer(bytes: stored), into: &output)
            try decompressor.finish()
        } catch {
            return nil
        }
        return output.readableBytes == count ? Array(output.readableBytesView) : nil
    }

    private static func damaged(_ offset: UInt64) -> PackFailure {
        .damaged("The body's file is damaged at byte \(offset).")
    }

    private static func associated(_ offset: UInt64) -> [UInt8] { withUnsafeBytes(of: offset.bigEndian, Array.init) }
    private static func bytes(_ value: UInt32) -> [UInt8] { withUnsafeBytes(of: value.bigEndian, Array.init) }
    private static func number(_ bytes: ArraySlice<UInt8>) -> UInt32 { bytes.reduce(0) { $0 << 8 | UInt32($1) } }
}
