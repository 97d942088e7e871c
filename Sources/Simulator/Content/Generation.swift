import Core
import NIOCore

/// A model's whole answer, before any dialect gives it a form.
struct Generation {
    let model: String
    /// 29 letters and digits; dialects put their prefix before it.
    let id: String
    let created: Int
    let fingerprint: String
    let choices: [Choice]
    let usage: TokenUsage

    /// Input and output together.
    var tokens: Int { usage.inputTotal + usage.outputTotal }

    struct Choice {
        var blocks: [Block]
        var finish: Finish
    }

    enum Block {
        case reasoning([String], signature: String)
        case text([String])
        case tool(id: String, name: String, arguments: SimulatorJSON, pieces: [String])

        var pieces: [String] {
            switch self {
            case .reasoning(let pieces, _), .text(let pieces), .tool(_, _, _, let pieces): pieces
            }
        }

        var tokens: Int { pieces.reduce(0) { $0 + Lorem.tokens(of: $1) } }

        var isReasoning: Bool {
            if case .reasoning = self { true } else { false }
        }

        var isTool: Bool {
            if case .tool = self { true } else { false }
        }
    }

    enum Finish {
        case stop, length, toolCalls
    }

    /// The share of `cached` usage, in tokens on top of the prompt's own.
    static let cacheReadTokens = 1024
    static let cacheWrite5mTokens = 192
    static let cacheWrite1hTokens = 64
    /// One MiB of text, in pieces large enough not to drown it in framing.
    static let bigTokens = SimulateHeader.tokensMax
    static let bigPieceBytes = 256
    static let reasoningTokens = 24

    init(_ ask: GenerationAsk, _ directive: Directive) {
        var random = RandomSource(seed: directive.seed)
        model = ask.model
        id = random.identifier("", 29)
        created = 1_760_000_000 + Int(random.next() % 30_000_000)
        fingerprint = random.hexadecimal("fp_", 10)
        choices = (0..<ask.choices).map { _ in Self.choice(ask, directive, &random) }
        usage = Self.usage(ask, directive, choices)
    }

    private static func choice(
        _ ask: GenerationAsk, _ directive: Directive, _ random: inout RandomSource
    ) -> Choice {
        let tools = tools(ask, directive, &random)
        guard tools.isEmpty else { return Choice(blocks: tools, finish: .toolCalls) }
        var blocks: [Block] = []
        if directive.behaviour == .reasoning, ask.allowsReasoning {
            let pieces = Lorem.pieces(of: Lorem.text(tokens: reasoningTokens, &random))
            blocks.append(.reasoning(pieces, signature: random.identifier("Eo", 90) + "=="))
        }
        let isBig = directive.fault == .big
        var text = ask.lastText
        if directive.behaviour != .echo || isBig {
            let drawn = Int.random(in: Lorem.tokensByDefault, using: &random)
            text = Lorem.text(tokens: directive.tokens ?? (isBig ? bigTokens : drawn), &random)
        }
        blocks.append(.text(Lorem.pieces(of: text, pieceBytes: isBig ? bigPieceBytes : Lorem.tokenBytes)))
        // The tokens that `x-simulate` asks for cut an echo short; other texts have that length already.
        let echoMax = directive.behaviour == .echo ? directive.tokens : nil
        return cut(blocks, tokensMax: min(ask.tokensMax ?? .max, echoMax ?? .max))
    }

    /// One call for the first tool, or two for the first two; none when no tool is offered, or one has answered.
    private static func tools(
        _ ask: GenerationAsk, _ directive: Directive, _ random: inout RandomSource
    ) -> [Block] {
        guard directive.behaviour == .tools || directive.behaviour == .parallelTools else { return [] }
        guard !ask.answersTools, let first = ask.tools.first else { return [] }
        let second = ask.tools.count > 1 ? ask.tools[1] : first
        let isParallel = directive.behaviour == .parallelTools && ask.allowsParallelTools
        return (isParallel ? [first, second] : [first]).map { tool in
            let arguments = ToolArguments.sample(for: tool.schema)
            return .tool(
                id: random.identifier("", 24),
                name: tool.name,
                arguments: arguments,
                pieces: Lorem.pieces(of: String(buffer: arguments.written()))
            )
        }
    }

    private static func cut(_ blocks: [Block], tokensMax: Int) -> Choice {
        var left = tokensMax
        var kept: [Block] = []
        for block in blocks {
            let pieces = block.pieces.prefix { piece in
                left -= Lorem.tokens(of: piece)
                return left >= 0
            }
            switch block {
            case .reasoning(_, let signature): kept.append(.reasoning(Array(pieces), signature: signature))
            default: kept.append(.text(Array(pieces)))
            }
            guard left >= 0 else { return Choice(blocks: kept, finish: .length) }
        }
        return Choice(blocks: kept, finish: .stop)
    }

    private static func usage(_ ask: GenerationAsk, _ directive: Directive, _ choices: [Choice]) -> TokenUsage {
        var usage = TokenUsage()
        usage.inputUncached = ask.promptTokens
        if directive.behaviour == .cached {
            usage.cacheRead = cacheReadTokens
            usage.cacheWrite5m = cacheWrite5mTokens
            usage.cacheWrite1h = cacheWrite1hTokens
        }
        for block in choices.flatMap(\.blocks) {
            if block.isReasoning { usage.reasoning += block.tokens } else { usage.output += block.tokens }
        }
        return usage
    }
}
