import Core
import NIOCore
import Plan
import Policy
import Wire

/// Calls about stored responses, files and batches. They go to the account that has the object; whose it is not is
/// told that there is none.
extension LoopWorker {
    func decideObject(
        _ exchange: Exchange, _ endpoint: Endpoint, _ operation: ObjectOperation, _ clientTotal: Int64?
    ) throws(GatewayError) -> Call {
        exchange.collectTags(nil)
        guard let registry = shared.objects else {
            throw GatewayError(.notFound, "This gateway keeps no account of objects.")
        }
        let pin: Pin?
        switch operation {
        case .use, .content: pin = try ownPin(exchange, registry, exchange.pathRest)
        case .remove:
            pin = try ownPin(exchange, registry, exchange.pathRest)
            guard registry.object(exchange.pathRest)?.isOpen != true else {
                throw GatewayError(
                    .invalidRequest,
                    "What '\(exchange.pathRest)' used is not known yet: get it when it is done, then delete it.")
            }
        case .createFromFile:
            try refuseNarrowKeys(exchange)
            let id = exchange.intake.body.withUnsafeReadableBytes { JSONObjectView($0)?.string("input_file_id") }
            guard let id else {
                throw GatewayError(.invalidRequest, "The body has no 'input_file_id'.", parameter: "input_file_id")
            }
            pin = try ownPin(exchange, registry, id)
            // Written twice, another reader may take the other.
            _ = try self.pin(exchange)
        case .create: pin = nil
        case .list(let prefix): pin = listPlaces(exchange, registry, prefix).first.map(Self.pin)
        }
        let place = try providerPlace(exchange, pin)
        return objectCall(exchange, endpoint, place, pin, query: exchange.request.query, clientTotal)
    }

    private func objectCall(
        _ exchange: Exchange, _ endpoint: Endpoint, _ place: Int, _ pin: Pin?, query: String?, _ clientTotal: Int64?
    ) -> Call {
        let provider = exchange.snapshot.providers[place]
        let path = exchange.request.path.dropFirst("/v1".count)
        let kept = QueryText.parts(query).filter { $0.name != "key" }.map(\.text)
        let all =
            kept.joined(separator: "&") + (provider.query.isEmpty ? "" : (kept.isEmpty ? "" : "&") + provider.query)
        let target = provider.basePath + (provider.kind.objectsPrefix ?? "") + path + (all.isEmpty ? "" : "?\(all)")
        var call = Call(
            endpoint: endpoint,
            leg: Self.onlyLeg(Plan.Target(provider: place, model: nil, region: provider.region)), facts: nil,
            clientTotal: clientTotal, rawTarget: target)
        call.pin = pin
        return call
    }

    /// - Throws: `notFound` for what this key did not make, be it there or not.
    private func ownPin(
        _ exchange: Exchange, _ registry: any ObjectRegistry, _ id: String
    ) throws(GatewayError) -> Pin {
        guard let object = registry.object(id), object.owner == exchange.owner else {
            throw GatewayError(.notFound, "There is no object '\(id)' of this key.")
        }
        return Pin(provider: object.provider, credential: object.credential, what: "'\(id)'")
    }

    /// The accounts that have objects of the key's own, in the order in which they are listed, from that on which has
    /// the object after which the page is to begin.
    func listPlaces(
        _ exchange: Exchange, _ registry: any ObjectRegistry, _ prefix: String
    ) -> [HeldObject.Place] {
        let snapshot = exchange.snapshot
        let places = registry.places(owner: exchange.owner, prefix: prefix).filter { place in
            guard exchange.client.provider.map({ $0 == place.provider }) ?? true,
                let provider = snapshot.provider(named: place.provider).map({ snapshot.providers[$0] })
            else { return false }
            return provider.kind.objectsPrefix != nil
                && provider.credentialPlace(withDigest: place.credential) != nil
        }
        let after = OwnObjects(query: exchange.request.query).after
        guard let after else { return places }
        guard let start = registry.object(after), start.owner == exchange.owner else { return [] }
        return Array(places.drop { $0 != start.place })
    }

    private static func pin(_ place: HeldObject.Place) -> Pin {
        Pin(provider: place.provider, credential: place.credential, what: "A part of the list")
    }

    /// A batch may ask any model of the account.
    private func refuseNarrowKeys(_ exchange: Exchange) throws(GatewayError) {
        guard let key = exchange.key, key.models != .all else { return }
        throw GatewayError(
            .permissionDenied, "The key '\(key.name)' may use some models only, and a batch could ask any.")
    }

    /// The provider that has the object; for a new one the provider that the call names, or the only one there is.
    private func providerPlace(_ exchange: Exchange, _ pin: Pin?) throws(GatewayError) -> Int {
        let snapshot = exchange.snapshot
        if let name = pin?.provider ?? exchange.client.provider {
            if let place = snapshot.provider(named: name), snapshot.providers[place].kind.objectsPrefix != nil {
                return place
            }
            throw GatewayError(
                .notFound, "There is no provider '\(name)' that keeps files, batches and responses.",
                parameter: pin == nil ? "x-headgate-provider" : nil)
        }
        let able = snapshot.providers.indices.filter { snapshot.providers[$0].kind.objectsPrefix != nil }
        if able.count == 1 { return able[0] }
        throw GatewayError(
            .invalidRequest,
            able.isEmpty
                ? "No provider is configured that keeps files, batches and responses."
                : "Several providers keep files and batches: name one in 'x-headgate-provider'.",
            parameter: "x-headgate-provider")
    }

    // MARK: Answers

    func passObject(
        _ exchange: Exchange, _ call: Call, _ answered: Answered, _ operation: ObjectOperation
    ) async throws(Ending) {
        if answered.status == 200, operation == .content || answered.framing != nil {
            // A response that is read as it is made tells its usage at the end; it is paid for once.
            let isOpen = shared.objects?.object(exchange.pathRest)?.isOpen == true
            let meter = UsageMeter(
                format: .openAIResponses, flavour: answered.flavour, contentType: answered.fields.first(.contentType))
            try await pump(exchange, call, answered, opening: nil, meter: isOpen ? meter : nil)
            if exchange.record.attempts.last?.usageSource == .provider {
                _ = shared.objects?.close(exchange.pathRest)
                exchange.record.model = exchange.record.servedModel
            }
            return
        }
        guard answered.attempt.isComplete else {
            throw .failed(Self.unusable(answered.provider, "an answer that is too large"))
        }
        let body = answered.attempt.held
        exchange.keepAnswer(body)
        guard (200..<300).contains(answered.status) else {
            let refused = refused(exchange, answered)
            guard let told = refused.answered else { throw .failed(refused.error) }
            return passError(exchange, told)
        }
        switch operation {
        case .list(let prefix): return try await passList(exchange, call, answered, prefix: prefix)
        case .remove: shared.objects?.remove(exchange.pathRest)
        case .createFromFile: keepObjects(exchange, answered, named: ["id"], areOpen: true)
        case .use:
            settleObject(exchange, answered, exchange.pathRest)
            keepObjects(exchange, answered, named: ["id"])
        case .create, .content: keepObjects(exchange, answered, named: ["id"])
        }
        // What a batch has made belongs to whom the batch does.
        keepObjects(exchange, answered, named: ["output_file_id", "error_file_id"])
        answer(exchange, answered, status: answered.status, body: body)
    }

    private func keepObjects(
        _ exchange: Exchange, _ answered: Answered, named names: [StaticString], areOpen: Bool = false
    ) {
        let ids = answered.attempt.held.withUnsafeReadableBytes { bytes in
            JSONObjectView(bytes).map { view in names.compactMap { view.string($0) } } ?? []
        }
        for id in ids { keepObject(exchange, answered, id, isOpen: areOpen) }
    }

    /// The key's own of what the provider lists, over as many of its pages as it takes to fill one.
    private func passList(
        _ exchange: Exchange, _ call: Call, _ first: Answered, prefix: String
    ) async throws(Ending) {
        var list = OwnObjects(query: exchange.request.query)
        var places = (shared.objects.map { listPlaces(exchange, $0, prefix) } ?? []).dropFirst()
        var (answered, pin, pages) = (first, call.pin, 1)
        while let page = ObjectPage(answered.attempt.held) {
            list.take(page, andMore: !places.isEmpty) { id in
                guard let object = shared.objects?.object(id) else { return false }
                return object.owner == exchange.owner && object.id.hasPrefix(prefix)
            }
            guard !list.isFull, pages < Limits.objectPagesMax else { break }
            pages += 1
            let query: String
            if page.hasMore, let last = page.lastID {
                query = list.query(after: last)
            } else if let place = places.popFirst() {
                pin = Self.pin(place)
                query = list.query(after: nil)
            } else {
                break
            }
            let provider: Int
            do throws(GatewayError) {
                provider = try providerPlace(exchange, pin)
            } catch {
                throw .failed(error)
            }
            var next = objectCall(exchange, call.endpoint, provider, pin, query: query, call.clientTotal)
            guard let more = try await attempt(exchange, &next), more.status == 200, more.attempt.isComplete else {
                throw .failed(GatewayError(.upstreamError, "A page of the list cannot be read."))
            }
            answered = more
        }
        answer(exchange, answered, status: 200, body: list.body)
    }
}
