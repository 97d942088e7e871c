/// The version of the program; `CHANGELOG.md` says what is in it.
enum Version {
    static let number = "0.1.0"
}
