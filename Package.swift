// swift-tools-version:6.2
import PackageDescription

let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    // Debug builds and all tests check exclusive access; the shipped program does not pay for it.
    .unsafeFlags(["-enforce-exclusivity=unchecked"], .when(configuration: .release)),
]

let nioCore: Target.Dependency = .product(name: "NIOCore", package: "swift-nio")
let nioPosix: Target.Dependency = .product(name: "NIOPosix", package: "swift-nio")
let nioHTTP1: Target.Dependency = .product(name: "NIOHTTP1", package: "swift-nio")
let nioEmbedded: Target.Dependency = .product(name: "NIOEmbedded", package: "swift-nio")
let nioTLS: Target.Dependency = .product(name: "NIOTLS", package: "swift-nio")
let nioSSL: Target.Dependency = .product(name: "NIOSSL", package: "swift-nio-ssl")
let nioExtras: Target.Dependency = .product(name: "NIOExtras", package: "swift-nio-extras")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let collections: Target.Dependency = .product(name: "Collections", package: "swift-collections")
let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let cryptoExtras: Target.Dependency = .product(name: "CryptoExtras", package: "swift-crypto")
let yams: Target.Dependency = .product(name: "Yams", package: "Yams")
let grdb: Target.Dependency = .product(name: "GRDB", package: "GRDB.swift")
let sqlite: Target.Dependency = .product(name: "GRDBSQLite", package: "GRDB.swift")
let hummingbird: Target.Dependency = .product(name: "Hummingbird", package: "hummingbird")
let hummingbirdTLS: Target.Dependency = .product(name: "HummingbirdTLS", package: "hummingbird")
let httpClient: Target.Dependency = .product(name: "AsyncHTTPClient", package: "async-http-client")
let argumentParser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let serviceLifecycle: Target.Dependency = .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let unixSignals: Target.Dependency = .product(name: "UnixSignals", package: "swift-service-lifecycle")
let asyncAlgorithms: Target.Dependency = .product(name: "AsyncAlgorithms", package: "swift-async-algorithms")

func room(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: settings)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(name: name, dependencies: dependencies, path: "Tests/\(name)", swiftSettings: settings)
}

let package = Package(
    name: "headgate",
    products: [
        .executable(name: "headgate", targets: ["headgate"]),
        // For Benchmarks/ alone: no promise to other packages.
        .library(name: "Core", targets: ["Core"]),
        .library(name: "Stores", targets: ["Stores"]),
        .library(name: "Wire", targets: ["Wire"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-nio.git", exact: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl.git", exact: "2.37.6"),
        .package(url: "https://github.com/apple/swift-nio-extras.git", exact: "1.35.2"),
        .package(url: "https://github.com/swift-server/async-http-client.git", exact: "1.37.0"),
        .package(url: "https://github.com/apple/swift-log.git", exact: "1.16.2"),
        .package(url: "https://github.com/apple/swift-collections.git", exact: "1.6.0"),
        .package(url: "https://github.com/apple/swift-crypto.git", exact: "4.5.2"),
        .package(url: "https://github.com/apple/swift-argument-parser.git", exact: "1.8.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle.git", exact: "2.13.0"),
        .package(url: "https://github.com/apple/swift-async-algorithms.git", exact: "1.1.4"),
        .package(url: "https://github.com/groue/GRDB.swift.git", exact: "7.10.0"),
        .package(url: "https://github.com/jpsim/Yams.git", exact: "6.2.2"),
        .package(url: "https://github.com/hummingbird-project/hummingbird.git", exact: "2.28.1"),
    ],
    targets: [
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
        .systemLibrary(name: "CPCRE2", pkgConfig: "libpcre2-8", providers: [.apt(["libpcre2-dev"])]),

        .target(name: "CLedgerCatalogue", exclude: ["catalogue.prices"]),
        .target(name: "CDashboard", exclude: ["assets"]),

        room("Core", [nioCore, logging, collections]),
        room("Wire", ["Core", nioCore, crypto]),
        room("Policy", ["Core"]),
        room("Ledger", ["Core", "CLedgerCatalogue"]),
        room("Plan", ["Core", "Wire", "Policy", "Ledger"]),
        room("Config", ["Core", "Wire", "Policy", "Ledger", "Plan", nioCore, yams, crypto]),
        room("Credentials", ["Core", "Wire", nioCore, nioHTTP1, httpClient, crypto, cryptoExtras]),
        room("Compression", ["Core", "CZlib", "CZstd", nioCore]),
        room(
            "Proxy",
            [
                "Core", "Wire", "Policy", "Ledger", "Plan", "Compression", nioCore, nioPosix, nioHTTP1, nioTLS, nioSSL,
                nioExtras,
                crypto,
            ]),
        room(
            "Observability",
            ["Core", "Wire", "Compression", "CPCRE2", nioCore, nioHTTP1, logging, httpClient]),
        room("Stores", ["Core", "Compression", grdb, sqlite, nioCore, crypto]),
        room(
            "Admin",
            [
                "Core", "Wire", "Ledger", "Plan", "Policy", "Config", "Observability", "CDashboard", hummingbird,
                hummingbirdTLS, nioCore, nioPosix, nioSSL, logging, serviceLifecycle,
            ]),
        room("Simulator", ["Core", "Wire", nioCore, nioPosix, nioHTTP1]),
        .executableTarget(
            name: "headgate",
            dependencies: [
                "Core", "Wire", "Policy", "Ledger", "Plan", "Config", "Credentials", "Compression", "Proxy",
                "Observability", "Stores", "Simulator", "Admin",
                nioCore, nioPosix, logging, argumentParser, serviceLifecycle, unixSignals, asyncAlgorithms, crypto,
            ],
            swiftSettings: settings
        ),
        room(
            "TestKit",
            [
                "Core", "Wire", "Policy", "Ledger", "Plan", "Config", "Compression", "Proxy", "Observability", "Stores",
                "Simulator", nioCore, nioPosix, nioSSL, logging,
            ]),

        tests("CoreTests", ["Core", nioCore]),
        tests("WireTests", ["TestKit", "Wire", "Core", nioCore]),
        tests("LedgerTests", ["Ledger", "Core"]),
        tests("PolicyTests", ["Policy", "Core"]),
        tests("PlanTests", ["Plan", "Policy", "Wire", "Core"]),
        tests("ConfigTests", ["Config", "Ledger", "Plan", "Policy", "Wire", "Core", nioCore, yams]),
        tests(
            "CredentialsTests",
            ["Credentials", "Core", "TestKit", "Wire", nioCore, nioPosix, crypto, cryptoExtras, logging]),
        tests("CompressionTests", ["Compression", "Core", "CZlib", "CZstd", nioCore]),
        tests(
            "ProxyTests",
            [
                "Proxy", "TestKit", "Compression", "Config", "Ledger", "Plan", "Policy", "Wire", "Core", nioCore,
                nioPosix,
                nioEmbedded, nioHTTP1, nioSSL, logging,
            ]),
        tests(
            "ObservabilityTests",
            ["Observability", "Core", "Wire", nioCore, nioPosix, nioHTTP1, httpClient, logging]),
        tests("StoresTests", ["Stores", "Observability", "Core", nioCore, grdb, logging]),
        tests("AdminTests", ["Admin", "Config", "Core", hummingbird]),
        tests("SimulatorTests", ["Simulator", "TestKit", "Wire", "Core", nioCore, nioPosix]),
        tests("SimulationTests", ["TestKit", "Plan", "Policy", "Wire", "Core", nioCore]),
        tests("Tidy", []),
    ],
    swiftLanguageModes: [.v6]
)
