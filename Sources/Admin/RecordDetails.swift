import Core
import Ledger
import NIOCore
import Observability
import Wire

/// What is told of one call alone: what people said of it, and the arithmetic of its cost.
enum RecordDetails {
    static func write(_ feedback: [Feedback], _ writer: inout JSONWriter) {
        writer.key("feedback")
        writer.beginArray()
        for entry in feedback {
            writer.beginObject()
            writer.member("name", entry.name)
            writer.key("value")
            switch entry.value {
            case .number(let number): writer.raw(ByteBuffer(string: "\(number)"))
            case .flag(let flag): writer.value(flag)
            case .category(let category): writer.value(category)
            }
            writer.nullable("label", entry.label)
            writer.nullable("comment", entry.comment)
            writer.nullable("correction", entry.correction)
            writer.member("at", Timestamp.text(entry.at))
            writer.endObject()
        }
        writer.endArray()
    }

    /// By the prices of the call's day as they are known now; `cost_usd` of the record is what was charged then.
    static func write(billOf record: ExchangeRecord, _ prices: PriceBook, _ writer: inout JSONWriter) {
        writer.key("cost_lines")
        writer.beginArray()
        for (place, attempt) in record.attempts.enumerated() {
            for line in prices.lines(of: attempt, at: record.startedAtUnixMicroseconds) {
                writer.beginObject()
                writer.member("attempt", place)
                writer.member("bucket", line.what)
                writer.member("quantity", line.quantity)
                writer.nullable("price_usd", line.price?.usdText)
                writer.nullable("price_usd_per_million", line.price.map { ($0 * 1_000_000).usdText })
                writer.member("cost_usd", line.cost.usdText)
                writer.endObject()
            }
        }
        writer.endArray()
    }
}
