import Testing

@testable import Config

/// What a person reads when a file is wrong: where it is, what is wrong and what was meant.
@Suite struct ErrorTextTests {
    /// Lines below the two of the small file, and what is said of them.
    @Test(arguments: [
        ("lsiten: x", "3:1: lsiten: unknown key 'lsiten'; did you mean 'listen'?"),
        ("colour: red", "3:1: colour: unknown key 'colour'"),
        ("\"a b\": 1", "3:1: \"a b\": unknown key 'a b'"),
        (
            "<<: {}",
            "3:1: \"<<\": YAML's merge key '<<' is not supported; write the keys out, or use an alias for a value"
        ),
        ("? [a]\n: 1", "3:3: expected text as the name of a key"),
        ("auth: off", "3:7: auth: expected keys or none, found 'off'"),
        ("auth: nnoe", "3:7: auth: expected keys or none, found 'nnoe'; did you mean 'none'?"),
        ("auth: [keys]", "3:7: auth: expected keys or none, found a list"),
        ("auth:", "3:6: auth: expected keys or none, found nothing"),
        ("listen: 8080", "3:9: listen: expected an address such as 127.0.0.1:8080 or [::1]:8080, found '8080'"),
        (
            "listen: 127.0.0.1:70000",
            "3:9: listen: expected an address such as 127.0.0.1:8080 or [::1]:8080, found '127.0.0.1:70000'"
        ),
        ("data_dir: \"\"", "3:11: data_dir: expected the path of a directory, found nothing"),
        ("data_dir: \"a\\0b\"", "3:11: data_dir: holds a control character"),
        ("data_dir: {}", "3:11: data_dir: expected the path of a directory, found a mapping"),
        ("admin: on", "3:8: admin: expected a mapping, found text"),
        ("keys: {}", "3:7: keys: expected a list, found a mapping"),
        ("keys: [ app ]", "3:9: keys[0]: expected a mapping, found text"),
        (
            "server: { threads: 0 }",
            "3:20: server.threads: expected auto, or a whole number from 1 to 1024, found '0'"
        ),
        (
            "server: { threads: many }",
            "3:20: server.threads: expected auto, or a whole number from 1 to 1024, found 'many'"
        ),
        (
            "server: { body_max: 64 }",
            "3:21: server.body_max: expected a size with its unit, such as 64KiB or 64MiB (1KiB to 1GiB), found '64'"
        ),
        (
            "server: { body_max: 64mb }",
            "3:21: server.body_max: expected a size with its unit, such as 64KiB or 64MiB (1KiB to 1GiB), found "
                + "'64mb'"
        ),
        (
            "server: { body_max: 2GiB }",
            "3:21: server.body_max: expected a size with its unit, such as 64KiB or 64MiB (1KiB to 1GiB), found "
                + "'2GiB'"
        ),
        (
            "timeouts: { total: 600 }",
            "3:20: timeouts.total: expected a duration with its unit, such as 500ms, 5s, 10m, 2h or 1d (1ms to 1d), "
                + "found '600'"
        ),
        (
            "timeouts: { total: 0s }",
            "3:20: timeouts.total: expected a duration with its unit, such as 500ms, 5s, 10m, 2h or 1d (1ms to 1d), "
                + "found '0s'"
        ),
        ("timeouts: { conect: 1s }", "3:13: timeouts.conect: unknown key 'conect'; did you mean 'connect'?"),
        (
            "server: { cors: [ \"https://a.example/x\" ] }",
            "3:19: server.cors[0]: expected an origin such as https://app.example, without a path, found "
                + "'https://a.example/x'"
        ),
        (
            "server: { cors: [ \"*\" ] }",
            "3:19: server.cors[0]: expected an origin such as https://app.example, without a path, found '*'"
        ),
        (
            "server: { trusted_proxies: [ 10.0.0.0/33 ] }",
            "3:30: server.trusted_proxies[0]: expected an address or a network such as 10.0.0.0/8, found "
                + "'10.0.0.0/33'"
        ),
        (
            "admin: !include admin.yaml",
            "3:8: admin: YAML tags such as '!include' are not supported; quote a text that begins with '!'"
        ),
        ("auth: ${AUTH}", "3:7: auth: the environment variable 'AUTH' is not set; set it, or write ${AUTH:-default}"),
    ]) func aWrongLineIsToldWithItsPlace(_ line: String, _ error: String) {
        #expect(Load.errors(Small.file + line + "\n") == ["headgate.yaml:" + error])
    }

    @Test(arguments: [
        ("", ["1:1: missing key 'providers'", "1:1: missing key 'models'"]),
        ("# nothing\n", ["1:1: missing key 'providers'", "1:1: missing key 'models'"]),
        ("---\n", ["2:1: missing key 'providers'", "2:1: missing key 'models'"]),
        ("- a\n", ["1:1: expected a mapping, found a list"]),
        ("text", ["1:1: expected a mapping, found text"]),
        (
            "providers:\nmodels: {}\n",
            ["1:11: providers: expected at least 1 provider", "2:9: models: expected at least 1 model"]
        ),
        (
            "a: 1\n---\nb: 2\n",
            ["2:1: not YAML: expected a single document in the stream but found another document"]
        ),
        (
            "a: [\n",
            ["2:1: not YAML: did not find expected node content (while parsing a flow node that began in line 2)"]
        ),
        ("a: *b\n", ["1:4: not YAML: found undefined alias"]),
        ("a: b: c\n", ["1:5: not YAML: mapping values are not allowed in this context"]),
        ("a: 1\nb: é\u{1}\n", ["2:5: not YAML: control characters are not allowed"]),
    ]) func aFileThatIsNoConfigurationIsToldWithItsPlace(_ text: String, _ errors: [String]) {
        #expect(Load.errors(text) == errors.map { "headgate.yaml:" + $0 })
    }

    @Test func allErrorsAreToldInTheOrderOfTheFile() {
        let text = """
            auth: maybe
            providers: { demo: { kind: simulator, regoin: eu } }
            models: { fast: { targets: [ { provider: dem } ] } }
            listne: 127.0.0.1:1

            """
        #expect(
            Load.errors(text) == [
                "headgate.yaml:1:7: auth: expected keys or none, found 'maybe'",
                "headgate.yaml:2:39: providers.demo.regoin: unknown key 'regoin'; did you mean 'region'?",
                "headgate.yaml:3:42: models.fast.targets[0].provider: no provider 'dem' in 'providers'; did you mean "
                    + "'demo'?",
                "headgate.yaml:4:1: listne: unknown key 'listne'; did you mean 'listen'?",
            ])
    }

    @Test func columnsCountCharactersAndNotBytes() {
        let text = "providers: { demo: { kind: simulator } }\nmodels: { \"é€𝄞\": { targets: [ { provider: x } ] } }\n"
        #expect(
            Load.errors(text) == [
                "headgate.yaml:2:43: models.\"é€𝄞\".targets[0].provider: no provider 'x' in "
                    + "'providers'"
            ])
    }

    @Test func aByteOrderMarkAndCarriageReturnsDoNotMoveErrors() {
        let text = "\u{FEFF}" + (Small.file + "auth: off\n").replacing("\n", with: "\r\n")
        #expect(Load.errors(text) == ["headgate.yaml:3:7: auth: expected keys or none, found 'off'"])
    }

    @Test func whatAnErrorRepeatsIsShortAndWithoutControlCharacters() {
        let long = String(repeating: "x", count: 500)
        let errors = Load.errors(Small.file + "auth: \"\\e[31m\(long)\"\n")
        #expect(errors.count == 1)
        #expect(errors[0].hasSuffix("found ' [31m\(String(repeating: "x", count: 55))...'"))
    }

    @Test func pastAHundredErrorsTheRestIsCounted() {
        let lines = (1...150).map { "unknown\($0): 1\n" }.joined()
        let errors = Load.errors(Small.file + lines)
        #expect(errors.count == 101)
        #expect(errors.last == "... and 50 more")
    }
}
