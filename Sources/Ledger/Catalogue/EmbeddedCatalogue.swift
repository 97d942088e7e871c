import CLedgerCatalogue

/// The price lists that the program carries.
enum EmbeddedCatalogue {
    /// Read when it is first asked for.
    static let table: PriceTable = {
        let bytes = UnsafeBufferPointer(start: headgate_catalogue_bytes, count: headgate_catalogue_length)
        do throws(CatalogueError) {
            return PriceTable(try CatalogueReader.entries(Array(bytes)))
        } catch {
            preconditionFailure("the embedded price catalogue is wrong: \(error)")
        }
    }()
}
