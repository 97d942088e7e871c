import CLedgerCatalogue

/// The price lists that the program carries; `scripts/prices` writes them anew.
public enum EmbeddedCatalogue {
    /// Read when it is first asked for.
    public static let entries: [PriceEntry] = {
        let bytes = UnsafeBufferPointer(start: headgate_catalogue_bytes, count: headgate_catalogue_length)
        do throws(CatalogueError) {
            return try CatalogueReader.entries(Array(bytes))
        } catch {
            preconditionFailure("the embedded price catalogue is wrong: \(error)")
        }
    }()

    static let table = PriceTable(entries)
}
