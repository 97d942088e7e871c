import Core
import Plan
import Testing

@testable import Config

/// What a line of the file does to the listener, the timeouts and the admin plane.
@Suite struct ServerSettingsTests {
    @Test func everyKeyOfTheServerIsRead() throws {
        let server = try Load.snapshot(
            """
            listen: 0.0.0.0:9000
            server:
              threads: 3
              body_max: 16MiB
              headers_max: 32KB
              connections_max: 1000
              header_timeout: 1500ms
              body_timeout: 2m
              idle_timeout: 1h
              drain_timeout: 1s
              keepalive: 5s
              cors: [ "https://App.example:443", "http://localhost:3000" ]
              trusted_proxies: [ 10.0.0.0/8, "::1" ]
            """
        ).server
        var expected = ServerSettings()
        expected.listen = ListenAddress(host: "0.0.0.0", port: 9000)
        expected.threads = 3
        expected.bodyBytesMax = 16 * 1024 * 1024
        expected.headerBytesMax = 32_000
        expected.connectionsMax = 1000
        expected.headerTimeout = .milliseconds(1500)
        expected.bodyTimeout = .seconds(120)
        expected.idleTimeout = .seconds(3600)
        expected.drainTimeout = .seconds(1)
        expected.keepAlive = .seconds(5)
        expected.allowedOrigins = ["https://app.example", "http://localhost:3000"]
        expected.trustedProxies = ["10.0.0.0/8", "::1"].compactMap { IPNetwork($0) }
        #expect(server == expected)
    }

    @Test func timeoutsThatAreNotWrittenKeepTheirDefault() throws {
        let timeouts = try Load.snapshot("timeouts: { first_token: 500ms, total: 1d }").timeouts
        #expect(timeouts.firstToken == .milliseconds(500))
        #expect(timeouts.total == .seconds(86_400))
        #expect(timeouts.connect == .seconds(5))
        #expect(timeouts.betweenTokens == .seconds(60))
    }

    @Test func aClientThatLeftMayBeDrained() throws {
        #expect(try Load.snapshot("on_disconnect: { drain: 30s }").onDisconnect == .drain(.seconds(30)))
        #expect(try Load.snapshot("on_disconnect: cancel").onDisconnect == .cancel)
        #expect(
            Load.errors(Small.file + "on_disconnect: wait\n")
                == ["headgate.yaml:3:16: on_disconnect: expected cancel, found 'wait'"])
        #expect(
            Load.errors(Small.file + "on_disconnect: {}\n")
                == ["headgate.yaml:3:16: on_disconnect: missing key 'drain'"])
    }

    @Test func everyKeyOfTheAdminPlaneIsRead() throws {
        let text = Small.file + "admin: { listen: 0.0.0.0:1, tls: { certificate: c, key: k }, metrics: token }\n"
        let admin = try Load.configuration(text, files: ["c": Load.pem, "k": Load.pem]).admin
        #expect(admin.listen == ListenAddress(host: "0.0.0.0", port: 1))
        #expect(admin.tls == ServerSettings.TLS(certificateFile: "c", keyFile: "k"))
        #expect(admin.metrics == .token)
    }

    @Test func theAdminPlaneNeedsTLSOutsideThisMachine() {
        #expect(
            Load.errors(Small.file + "admin: { listen: 10.0.0.1:8081 }\n") == [
                "headgate.yaml:3:18: admin.listen: the admin plane refuses the address 10.0.0.1:8081 without TLS; "
                    + "add 'tls', or listen on 127.0.0.1"
            ])
        for address in ["127.0.0.1:1", "localhost:1", "127.8.9.1:1", "\"[::1]:1\""] {
            #expect(Load.errors(Small.file + "admin: { listen: \(address) }\n").isEmpty)
        }
    }

    @Test func theTwoPlanesNeverShareAnAddress() {
        #expect(
            Load.errors(Small.file + "listen: 127.0.0.1:8081\n") == [
                "headgate.yaml:1:1: admin: the admin plane and the data plane cannot share the address 127.0.0.1:8081"
            ])
        #expect(Load.errors(Small.file + "listen: 127.0.0.1:0\nadmin: { listen: 127.0.0.1:0 }\n").isEmpty)
    }

    @Test func withoutKeysOnlyThisMachineMayCall() throws {
        #expect(try Load.snapshot("auth: none").access == .anyone)
        #expect(
            Load.errors(Small.file + "auth: none\nlisten: 0.0.0.0:80\n") == [
                "headgate.yaml:3:7: auth: 'none' is allowed on a loopback address only, and 'listen' is 0.0.0.0:80; "
                    + "use keys, or listen on 127.0.0.1"
            ])
        let elsewhere = ConfigOverrides(listen: ListenAddress(host: "::", port: 80))
        #expect(Load.errors(Small.file + "auth: none\n", overrides: elsewhere).count == 1)
    }

    @Test func theCommandLineCountsBeforeTheFile() throws {
        let text = Small.file + "listen: 127.0.0.1:1\nadmin: { listen: 127.0.0.1:2 }\ndata_dir: there\n"
        let written = try Load.configuration(text)
        #expect(written.dataDirectory == "there")
        let overridden = try Load.configuration(
            text,
            overrides: ConfigOverrides(
                listen: ListenAddress(host: "127.0.0.1", port: 3),
                adminListen: ListenAddress(host: "127.0.0.1", port: 4), dataDirectory: "here"))
        #expect(overridden.snapshot.server.listen.port == 3)
        #expect(overridden.admin.listen.port == 4)
        #expect(overridden.dataDirectory == "here")
    }

    @Test func certificatesMustBeReadableAndPEM() {
        let text = Small.file + "tls: { certificate: c.pem, key: c.key }\n"
        #expect(
            Load.errors(text, files: ["c.key": Array("DER".utf8)]) == [
                "headgate.yaml:3:21: tls.certificate: the file cannot be read",
                "headgate.yaml:3:33: tls.key: the file is not PEM: it has no line that begins with -----BEGIN",
            ])
    }

    @Test func blocksWithNothingInThemAreEmpty() {
        #expect(Load.errors(Small.file + "server:\nadmin: ~\ntimeouts: null\nkeys:\n").isEmpty)
    }
}
