/// Media whose bytes show what they are, by the types that providers know them by.
public enum MediaType: String, Sendable, CaseIterable {
    case png = "image/png"
    case jpeg = "image/jpeg"
    case gif = "image/gif"
    case webp = "image/webp"
    case pdf = "application/pdf"
    case text = "text/plain"
    case mp3 = "audio/mp3"
    case wav = "audio/wav"
    case flac = "audio/flac"
    case ogg = "audio/ogg"

    public enum Kind: String, Sendable { case image, document, audio }

    public var kind: Kind {
        switch self {
        case .png, .jpeg, .gif, .webp: .image
        case .pdf, .text: .document
        case .mp3, .wav, .flac, .ogg: .audio
        }
    }

    /// Bytes from the start that tell all types apart that can be.
    public static let signatureBytes = 12

    /// What a file is by how it begins; texts begin like anything.
    ///
    /// - Parameter start: its first `signatureBytes`, or all of it.
    public init?(signature start: some Collection<UInt8>) {
        let start = Array(start.prefix(Self.signatureBytes))
        func begins(_ text: StaticString, at place: Int = 0) -> Bool {
            text.withUTF8Buffer { start.dropFirst(place).starts(with: $0) }
        }
        if start.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) {
            self = .png
        } else if start.starts(with: [0xFF, 0xD8, 0xFF]) {
            self = .jpeg
        } else if begins("GIF87a") || begins("GIF89a") {
            self = .gif
        } else if begins("RIFF"), begins("WEBP", at: 8) {
            self = .webp
        } else if begins("RIFF"), begins("WAVE", at: 8) {
            self = .wav
        } else if begins("%PDF-") {
            self = .pdf
        } else if begins("fLaC") {
            self = .flac
        } else if begins("OggS") {
            self = .ogg
        } else if begins("ID3") || Self.isFrameOfMP3(start) {
            self = .mp3
        } else {
            return nil
        }
    }

    /// Eleven bits of one, then a version and a layer that exist (ISO 11172-3, 2.4.1.3).
    private static func isFrameOfMP3(_ start: [UInt8]) -> Bool {
        guard start.count > 1, start[0] == 0xFF, start[1] & 0xE0 == 0xE0 else { return false }
        return start[1] & 0x18 != 0x08 && start[1] & 0x06 == 0x02
    }
}
