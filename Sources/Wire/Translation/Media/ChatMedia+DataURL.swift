import NIOCore

extension ChatMedia.Source {
    /// A `data:` URL is taken apart; any other stays one.
    init(url: RawText) {
        let found: (type: Range<Int>, data: Range<Int>)? = url.escaped.withUnsafeReadableBytes { bytes in
            let scheme = Array("data:".utf8)
            let mark = Array(";base64,".utf8)
            guard bytes.count > scheme.count, bytes.prefix(scheme.count).elementsEqual(scheme) else { return nil }
            // The media type is short; what follows the mark may be megabytes.
            let end = min(bytes.count - mark.count, 128)
            guard end > scheme.count,
                let place = (scheme.count...end).first(where: {
                    bytes[$0] == mark[0] && bytes[$0..<($0 + mark.count)].elementsEqual(mark)
                })
            else { return nil }
            return (scheme.count..<place, (place + mark.count)..<bytes.count)
        }
        guard let found else {
            self = .url(url)
            return
        }
        self = .base64(
            mediaType: RawText(RawText(escaped: url.escaped.part(found.type)).string),
            data: RawText(escaped: url.escaped.part(found.data)))
    }
}
