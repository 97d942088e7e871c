import Core
import NIOCore
import Plan
import Wire

/// Before an attempt: files that stand at URLs in the request, for a provider that wants their bytes. Off unless the
/// configuration has `fetch`. A URL is fetched once for an exchange, whoever is asked.
extension LoopWorker {
    /// - Returns: nil: the target can be asked.
    func fetchMedia(_ exchange: Exchange, _ call: Call, _ place: Int) async throws(Ending) -> FailedAttempt? {
        guard let settings = exchange.snapshot.fetch else { return nil }
        let provider = exchange.snapshot.providers[call.leg.targets[place].provider]
        let model = call.leg.upstreamModel(place)
        let references = UpstreamBody.mediaToFetch(exchange, call, provider, model: model)
        if references.count > settings.filesMax {
            return .unasked(FetchFailure.tooMany(settings.filesMax).error(of: references[0], for: provider))
        }
        let missing = references.filter { exchange.fetched[$0.url] == nil }
        if !missing.isEmpty {
            do throws(GatewayError) {
                try UpstreamBody.tryOut(exchange, call, provider, model: model, fetching: references)
            } catch {
                return .unasked(error)
            }
            try await fetch(missing, exchange, settings)
        }
        for reference in references {
            if case .failure(let failure)? = exchange.fetched[reference.url] {
                return .unasked(failure.error(of: reference, for: provider))
            }
        }
        return nil
    }

    /// Whether a target can be asked with what has been fetched until now.
    func hasMedia(_ exchange: Exchange, _ call: Call, for place: Int) -> Bool {
        let provider = exchange.snapshot.providers[call.leg.targets[place].provider]
        let references = UpstreamBody.mediaToFetch(exchange, call, provider, model: call.leg.upstreamModel(place))
        return references.allSatisfy { (try? exchange.fetched[$0.url]?.get()) != nil }
    }

    /// Fetches them all at once, and notes what came of each.
    private func fetch(
        _ references: [MediaReference], _ exchange: Exchange, _ settings: FetchSettings
    ) async throws(Ending) {
        let began = loop.now
        let due = began + .nanoseconds(min(settings.timeout, exchange.timeLeft))
        let downloads = start(references, exchange, settings, due)
        let timer = Deadline(wheel) { for download in downloads.values { download.giveUp() } }
        timer.set(due)
        defer {
            timer.end()
            for download in downloads.values { download.giveUp() }
            exchange.note(downloads, duration: (loop.now - began).nanoseconds)
        }
        while downloads.values.contains(where: { $0.result == nil }) {
            if exchange.hasClientLeft { throw .clientLeft }
            try exchange.checkEnding()
            await exchange.wait()
        }
        try exchange.checkEnding()
    }

    /// - Returns: the downloads by their URLs; those that cannot begin are noted as failed.
    private func start(
        _ references: [MediaReference], _ exchange: Exchange, _ settings: FetchSettings, _ due: NIODeadline
    ) -> [String: MediaDownload] {
        var downloads: [String: MediaDownload] = [:]
        for reference in references {
            do throws(FetchFailure) {
                let url = try settings.checked(reference.url)
                let key = exchange.key?.id
                let turn = FetchSlots.Turn(of: key)
                let download = MediaDownload(
                    url, MediaContent(reference.kind, types: settings.types, bytesMax: settings.fileBytesMax),
                    version: shared.version, hold: exchange.hold
                ) { [fetchSlots, shared, loop] connecting in
                    exchange.wake()
                    let end = connecting?.flatMap {
                        shared.fetchResolver.lookupEnded(host: url.host, port: url.port, for: key, on: loop)
                    }
                    fetchSlots.leave(turn, after: end)
                }
                let context =
                    url.isTLS ? shared.trust.context(authorities: nil, comparesPeer: true, on: loop) : nil
                try fetchSlots.enter(turn) { [shared, loop] in
                    download.start(
                        shared.fetchConnector(for: key, allowing: settings.networks), context, on: loop, deadline: due)
                }
                downloads[reference.url] = download
            } catch {
                exchange.note(error, of: reference.url)
            }
        }
        return downloads
    }
}

extension FetchSettings {
    /// A URL that may be fetched, as far as it shows itself.
    fileprivate func checked(_ text: String) throws(FetchFailure) -> WebURL {
        let url: WebURL
        do throws(WebURL.Problem) {
            url = try WebURL(text)
        } catch {
            throw .badURL(error.message)
        }
        guard url.isTLS || allowsPlainHTTP else { throw .plainHTTP }
        guard allows(host: url.host) else { throw .forbiddenHost }
        return url
    }
}

extension Exchange {
    fileprivate func note(_ failure: FetchFailure, of url: String) {
        fetched[url] = .failure(failure)
        record.fetch.failures += 1
    }

    fileprivate func note(_ downloads: [String: MediaDownload], duration: Int64) {
        record.fetch.duration += duration
        for (url, download) in downloads {
            record.fetch.bytes += download.bytes
            switch download.result {
            case .success(let media)?:
                fetched[url] = .success(media)
                record.fetch.files += 1
            case .failure(let failure)?: note(failure, of: url)
            case nil: break
            }
        }
    }

    /// Makes room for a piece of a file, which the body holds as base64.
    fileprivate func hold(_ bytes: Int) throws(FetchFailure) {
        guard let settings = snapshot.fetch else { return }
        let grown = heldFileBytes + bytes
        guard grown <= settings.requestBytesMax else {
            throw .requestTooLarge(bytesMax: settings.requestBytesMax)
        }
        // By the whole, so that many small pieces count as one large.
        guard holdMemory(Self.base64Bytes(grown) - Self.base64Bytes(heldFileBytes)) else { throw .noRoom }
        heldFileBytes = grown
    }

    /// Nothing of what was fetched is needed any more.
    func forgetFiles() {
        guard heldFileBytes > 0 else { return }
        fetched = [:]
        releaseMemory(Self.base64Bytes(heldFileBytes))
        heldFileBytes = 0
    }

    private static func base64Bytes(_ count: Int) -> Int { (count + 2) / 3 * 4 }
}
