import Core
import Crypto
import NIOCore
import Plan
import Wire

/// Where a call must go, because something it builds upon is there and nowhere else.
struct Pin: Equatable {
    let provider: String
    /// Of the credential; see `Provider.digest`.
    let credential: String
    /// What is there, for a person.
    let what: String
}

extension Provider {
    /// Tells credentials apart over restarts without saying them: a part of the secret's SHA-256.
    /// - Parameter place: of the credential; nil for a provider without.
    func digest(ofCredential place: Int?) -> String {
        guard let place else { return "" }
        let digest = SHA256.hash(data: Array(credentials[place].secret.reveal().utf8))
        return digest.prefix(8).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    /// - Returns: the place of the credential; nil inside where the provider needs none; nil where it is gone and there
    ///   are several that it could have been.
    func credentialPlace(withDigest digest: String) -> Int?? {
        if credentials.isEmpty { return digest.isEmpty ? .some(nil) : nil }
        // The account's only key may have been replaced by another of the same account.
        if credentials.count == 1 { return .some(0) }
        return credentials.indices.first { self.digest(ofCredential: $0) == digest }.map { .some($0) }
    }
}

extension Exchange {
    /// Whose the objects are that this call makes.
    var owner: String { key?.id ?? "" }
}

/// What providers keep for clients beyond a call: who made it, and where it is.
extension LoopWorker {
    /// What a call for an answer builds upon.
    /// - Throws: `invalidRequest` where it is another key's, or where nobody can tell where it is.
    func pin(_ exchange: Exchange) throws(GatewayError) -> Pin? {
        guard let registry = shared.objects, !registry.isEmpty else { return nil }
        let body = exchange.intake.body
        var pin: Pin?
        for id in ObjectReferences.ids(in: body) {
            guard let other = try self.pin(registry, id, exchange) else { continue }
            if let pin, pin.provider != other.provider || pin.credential != other.credential {
                throw GatewayError(
                    .invalidRequest, "\(pin.what) and \(other.what) are at different providers or accounts.")
            }
            pin = other
        }
        return pin
    }

    /// Where what the call carries with it was made, as far as that is known: nobody else can read it.
    ///
    /// A conversation that has moved on to a model of other providers does not go back: they are told it without.
    func statePin(_ exchange: Exchange, model: String) -> Pin? {
        let digests = exchange.intake.body.withUnsafeReadableBytes { StateTokens.digests(in: $0) }
        guard let place = shared.stateMarks.place(ofAny: digests),
            exchange.snapshot.targets(of: model, include: place.provider)
        else { return nil }
        return Pin(
            provider: place.provider, credential: place.credential, what: "The reasoning that the call carries")
    }

    func keepState(_ call: Call, _ answered: Answered, _ digests: [Int]) {
        guard call.isAmbiguous, !digests.isEmpty else { return }
        let credential = answered.provider.digest(ofCredential: answered.credential)
        shared.stateMarks.note(
            digests, HeldObject.Place(provider: answered.provider.name, credential: credential))
    }

    private func pin(
        _ registry: any ObjectRegistry, _ id: String, _ exchange: Exchange
    ) throws(GatewayError) -> Pin? {
        guard let object = registry.object(id) else { return nil }
        guard object.owner == exchange.owner else {
            // Clients send all again where this names the response they went on from, as for one that nobody knows.
            let previous = exchange.intake.body.withUnsafeReadableBytes {
                JSONObjectView($0)?.string("previous_response_id")
            }
            throw GatewayError(
                .invalidRequest, "There is no object '\(id)' of this key.",
                parameter: id == previous ? "previous_response_id" : nil)
        }
        return Pin(provider: object.provider, credential: object.credential, what: "'\(id)'")
    }

    /// An answer that its provider keeps is the key's from now on.
    func keepObject(_ exchange: Exchange, _ call: Call, _ answered: Answered, _ observation: AnswerObservation) {
        guard call.storesAnswer, answered.translation == nil, let id = observation.objectID else { return }
        keepObject(exchange, answered, id, isOpen: observation.usageSource == .none)
    }

    /// - Parameter isOpen: it works on, and what it uses is told when it is asked for.
    func keepObject(_ exchange: Exchange, _ answered: Answered, _ id: String, isOpen: Bool = false) {
        shared.objects?.add(
            HeldObject(
                id: id, owner: exchange.owner, provider: answered.provider.name,
                credential: answered.provider.digest(ofCredential: answered.credential),
                madeAt: exchange.record.startedAtUnixMicroseconds, isOpen: isOpen))
    }

    /// What worked on without a call tells what it used, and this call is the first to hear it: it is its cost.
    ///
    /// Responses and batches state their model and usage alike.
    func settleObject(_ exchange: Exchange, _ answered: Answered, _ id: String) {
        var reader = AnswerFormat.openAIResponses.makeReader(flavour: answered.flavour)
        let isStated = answered.attempt.held.withUnsafeReadableBytes { bytes in
            guard let object = JSONObjectView(bytes), object.object("usage") != nil else { return false }
            reader.observe(object)
            if object.string("object") == "batch" { reader.observation.serviceTier = "batch" }
            return reader.observation.usageSource == .provider
                && reader.observation.usage.inputTotal + reader.observation.usage.outputTotal > 0
        }
        guard isStated, shared.objects?.close(id) == true else { return }
        exchange.record.model = reader.observation.servedModel
        exchange.note(reader.observation)
    }

    /// The credential that an attempt uses: the one that a pin names, or any that is well.
    func credential(_ call: Call, _ provider: Provider, model: String) throws(Ending) -> Int? {
        guard let pin = call.pin else {
            return shared.credentials.choose(
                from: provider, model: model, now: loop.now.nanoseconds, random: random.next())
        }
        guard let place = provider.credentialPlace(withDigest: pin.credential) else {
            throw .failed(
                GatewayError(
                    .notFound,
                    "\(pin.what) was made with a credential of '\(provider.name)' that is not configured any more."))
        }
        return place
    }
}
