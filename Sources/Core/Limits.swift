/// Every fixed bound of the program, named with its unit. What a user may change stands in the configuration
/// and starts from the value given here.
public enum Limits {
    // MARK: Requests

    /// Bytes of a request's body, after decompression. Configurable: `server.body_max`.
    public static let requestBodyBytesMax = 64 * 1024 * 1024
    /// Bytes of all names and values of a request's header fields together. Configurable: `server.headers_max`.
    public static let requestHeaderBytesMax = 64 * 1024
    /// Header fields of one request, trailers included.
    public static let requestHeaderFieldsMax = 128
    /// Levels of nesting in a JSON body; the bound that `JSONDecoder` has too.
    public static let jsonDepthMax = 512
    /// Members of a body's outermost object.
    public static let jsonMembersMax = 1024
    /// Factor by which a compressed body may grow before it is taken for a bomb, once it is past a megabyte.
    public static let decompressionRatioMax = 200
    /// Bytes that a client may send ahead (pipelined) while its last request is being answered.
    public static let pipelinedBytesMax = 256 * 1024

    // MARK: Responses

    /// Bytes of header fields of an upstream's answer.
    public static let responseHeaderBytesMax = 64 * 1024
    /// Header fields of an upstream's answer.
    public static let responseHeaderFieldsMax = 256
    /// Bytes of an unstreamed answer that are held to see that it is whole before its status is passed on.
    public static let responseHoldBytesMax = 1024 * 1024
    /// Bytes of one answer that is kept for a client that asks again.
    public static let journalBytesMax = 1024 * 1024
    /// Bytes of all of them together, and how many there are.
    public static let journalsBytesMax = 64 * 1024 * 1024
    public static let journalsMax = 100_000
    /// Nanoseconds for which they are kept: a day.
    public static let journalNanosecondsMax: Int64 = 86_400_000_000_000
    /// Nanoseconds for which a stream that can be resumed is read on without its client.
    public static let resumeNanosecondsMax: Int64 = 60_000_000_000
    /// Bytes of a client's name for a request.
    public static let idempotencyKeyBytesMax = 255
    /// Connections to one endpoint of the user's own, over all loops.
    public static let endpointConnectionsMax = 64
    /// Answers that one call is reckoned to ask for at most.
    public static let answersMax = 1000
    /// The longest wait for room that a provider's answers promise, in nanoseconds.
    public static let paceNanosecondsMax: Int64 = 2_000_000_000
    /// Bytes of a stream that are held back until its first content.
    public static let streamOpeningBytesMax = 256 * 1024
    /// Bytes of one server-sent event that a stream's reader holds.
    public static let streamEventBytesMax = 10 * 1024 * 1024
    /// Bytes of an unstreamed answer that is kept whole to read its usage; of a larger one only the end is looked at.
    public static let meteredAnswerBytesMax = 4 * 1024 * 1024
    /// Bytes at the end of such a larger answer in which its usage is looked for.
    public static let meteredTailBytesMax = 64 * 1024
    /// Bytes of one message of an AWS event stream.
    public static let eventStreamMessageBytesMax = 10 * 1024 * 1024
    /// Bytes of the headers of one message of an AWS event stream (the bound of Amazon's own readers).
    public static let eventStreamHeaderBytesMax = 128 * 1024
    /// The largest number of tokens of one answer that is believed.
    public static let statedTokensMax = 1_000_000_000_000
    /// Bytes waiting for a slow client before its upstream is no longer read.
    public static let clientWriteBufferBytesMax = 64 * 1024
    /// Bytes waiting for a slow client at which its upstream is read again.
    public static let clientWriteBufferBytesLow = 32 * 1024

    // MARK: Tags and names

    /// Tags of one request; those past it are left out, those of the key are kept.
    public static let tagsMax = 32
    /// Bytes of a tag's name.
    public static let tagNameBytesMax = 64
    /// Bytes of a tag's value.
    public static let tagValueBytesMax = 256
    /// Bytes of a model's name.
    public static let modelNameBytesMax = 512

    // MARK: Conditions

    /// Bytes of the condition of a target.
    public static let conditionBytesMax = 2048
    /// Levels of parentheses and negations in a condition.
    public static let conditionDepthMax = 32

    // MARK: Upstreams

    /// Targets that are drained at a time.
    public static let drainedTargetsMax = 1000
    /// Exchanges that may wait for a connection to one upstream on one loop.
    public static let upstreamWaitersMax = 4096
    /// Seconds that a connection without work stays in the pool.
    public static let upstreamIdleSeconds = 60
    /// Milliseconds that an upstream has to answer the end of a TLS connection before it is cut.
    public static let upstreamGoodbyeMilliseconds = 250
    /// Milliseconds between two connection attempts to the addresses of one host (RFC 8305, "Connection Attempt
    /// Delay").
    public static let connectionAttemptDelayMilliseconds = 250
    /// Addresses of one host that are tried.
    public static let addressesPerHostMax = 8
    /// Hosts whose addresses are remembered.
    public static let resolverEntriesMax = 1024
    /// Threads that ask the system's resolver.
    public static let resolverThreads = 4
    /// The longest wait that a client is told where there is no room.
    public static let overloadRetrySecondsMax: Int64 = 300
    /// Seconds for which a connection that was told the last stays open to be read, while what still comes is dropped.
    public static let lingerSeconds: Int64 = 2
    /// Bytes of a URL of a client's, and of the host in it (RFC 1035).
    public static let webURLBytesMax = 8192
    public static let hostNameBytesMax = 253
    /// Bytes of a model's name that is looked for among those whose thinking is known. No provider has longer ones.
    public static let knownModelNameBytesMax = 256
    /// Files that one loop fetches at a time from URLs in requests.
    public static let fetchesPerLoopMax = 64
    /// Those of one key among them, so that slow servers of its own choice do not keep others waiting.
    public static let fetchesPerKeyMax = 16
    /// Files of one key that wait on one loop to be fetched; more are refused.
    public static let fetchesWaitingPerKeyMax = 256
    /// Threads that ask the system's resolver for hosts in clients' URLs. A lookup cannot be stopped: it holds the
    /// slot of its file until it ends, so that no more are under way than files may be fetched.
    public static let fetchResolverThreads = 8
    /// Of these, those that one key may have at a time.
    public static let fetchLookupsPerKeyMax = 2
    /// Seconds for which a host's addresses are fresh; stale ones are served when the resolver fails.
    public static let resolverFreshSeconds = 30

    // MARK: Logs

    /// Bytes of log lines that one loop gathers before they are handed to the writer.
    public static let logBufferBytesMax = 64 * 1024
    /// Buffers that may wait for the log writer; more are dropped and counted.
    public static let logBuffersWaitingMax = 256

    // MARK: Records

    /// Records that one loop gathers before they are handed on.
    public static let recordRingEntriesMax = 1024
    /// Bytes of bodies that one loop gathers before they are handed on.
    public static let recordRingBodyBytesMax = 4 * 1024 * 1024
    /// Bodies up to this size are copied when they go on the record; larger ones are kept as they were read.
    public static let recordCopiedBodyBytesMax = 16 * 1024
    /// Bytes that the running answers of one loop keep for the record; an answer past it is not kept, and counted.
    public static let keptAnswerBytesPerLoopMax = 128 * 1024 * 1024
    /// Records that may wait for the store; more are dropped and counted.
    public static let recordQueueEntriesMax = 65_536
    /// Bytes of bodies that may wait for the store; the bodies of records past it are dropped and counted.
    public static let recordQueueBodyBytesMax = 128 * 1024 * 1024
    /// Records of one transaction.
    public static let recordBatchEntriesMax = 4096
    /// Characters of a prompt or an answer that stand in a record's row.
    public static let previewCharactersMax = 200
    /// Series of one key in a day's rollups; past it, its own calls are told apart no further.
    public static let rollupSeriesPerKeyMax = 4000
    /// Series of a day's rollups; past it, what tells them apart is left out.
    public static let rollupSeriesPerDayMax = 20_000
    /// Seconds after a day's end before its words are indexed: calls that began in it end until then.
    public static let wordIndexWaitSeconds = 3600
    /// Rows whose words are indexed at a time, while no record is written.
    public static let indexedRowsPerVisitMax = 10_000
    /// Records that a question of the admin API reads one by one, where no sums answer it: some 10 seconds.
    public static let summedRowsMax = 2_000_000
    /// As `summedRowsMax`, for one list of values to choose from.
    public static let facetRowsMax = 500_000
    /// Records of one page of a listing.
    public static let pageRecordsMax = 1000

    // MARK: Applications' spans

    /// Bytes of feedback and spans that may wait to be stored; more are refused, to be sent again.
    public static let ingestBytesWaitingMax = 128 * 1024 * 1024
    /// Bytes of a span's attributes that are kept; the largest go first.
    public static let spanAttributeBytesMax = 128 * 1024
    /// Bytes of all attributes that are shown of one trace.
    public static let traceAttributeBytesMax = 16 * 1024 * 1024
    /// Calls that are shown of one trace.
    public static let traceCallsMax = 20_000
    /// Spans that are shown of one trace.
    public static let traceSpansMax = 100_000
    /// Days by which a span may be late. One from the future may be an hour early.
    public static let spanDaysMax: Int64 = 7

    // MARK: Exports

    /// Spans that may wait for one destination; more are dropped and counted.
    public static let exportSpansWaitingMax = 16_384
    /// Bytes of bodies that may wait for one destination; spans past it go without content.
    public static let exportBodyBytesWaitingMax = 64 * 1024 * 1024
    /// Spans of one batch.
    public static let exportBatchSpansMax = 512
    /// Bytes of bodies in one batch.
    public static let exportBatchBytesMax = 4 * 1024 * 1024
    /// Time in which a batch gathers.
    public static let exportGatherMilliseconds: Int64 = 2000
    /// Times that a batch is sent.
    public static let exportTriesMax = 5
    /// The longest wait before a batch is sent again, whatever the destination asks for.
    public static let exportRetrySecondsMax = 30
    /// Seconds to reach a destination.
    public static let exportConnectSeconds = 5
    /// Seconds for a batch to be sent and answered.
    public static let exportAnswerSeconds: Int64 = 15
    /// Bytes of an answer that are read.
    public static let exportAnswerBytesMax = 64 * 1024
    /// Seconds for what waits when the program ends.
    public static let exportEndSeconds = 5

    // MARK: Cohorts

    /// Bytes of a cohort's name.
    public static let cohortNameBytesMax = 64
    /// Users of one import.
    public static let cohortImportEntriesMax = 100_000
    /// Bytes of one import.
    public static let cohortImportBytesMax = 16 * 1024 * 1024
    /// Users of one project that are in a cohort.
    public static let cohortUsersPerProjectMax = 1_000_000

    // MARK: Keys

    /// Characters of a token that a person chose.
    public static let tokenCharacters = 16...512

    /// Fields of a form; more are refused.
    public static let formFieldsMax = 256

    /// Tokens of state whose makers are known.
    public static let stateMarksMax = 200_000

    /// The longest session over a WebSocket.
    public static let sessionNanosecondsMax: Int64 = 4 * 3600 * 1_000_000_000

    // MARK: Responses over a WebSocket

    /// For how long a connection is open at most, as at OpenAI.
    public static let responsesSocketSeconds: Int64 = 3600
    /// Seconds between two signs of life on a connection.
    public static let responsesSocketPingSeconds: Int64 = 30
    /// Turns that wait for the one that runs; no more is read of a client that has sent so many.
    public static let responsesTurnsWaitingMax = 16
    /// Lanes of one connection whose last response is remembered.
    public static let responsesLanesMax = 8
    /// Of the name of a lane, as written between its quotes.
    public static let streamIDBytesMax = 256

    // MARK: Objects that providers keep

    /// Who made an object is known for so long.
    public static let heldObjectDays = 400
    /// Objects whose makers are known; what is made beyond them cannot be used through the gateway.
    public static let heldObjectsMax = 1_000_000
    /// Pages of a provider's list that are read for one page of a key's own.
    public static let objectPagesMax = 20

    // MARK: Limits and budgets

    /// Nanoseconds of a window from which on what was used in it outlives the program.
    public static let keptWindowNanosecondsMin: Int64 = 3600 * 1_000_000_000
    /// Days after which what was used counts under no rule, the longest windows and periods included.
    public static let keptLimitDays: Int64 = 400
    /// Values that one key's calls may bring to one rule; what is new beyond them shares one bucket.
    public static let limitValuesPerKeyMax = 100_000
    /// Windows that one rule may have for a unit.
    public static let ratesPerUnitMax = 16
    /// Values of all rules and keys together.
    public static let limitValuesMax = 1_000_000
    /// Values that are shown of one rule.
    public static let shownLimitValuesMax = 100
    /// Pairs of key and model whose usual output is known; others share one estimate.
    public static let outputEstimatesMax = 10_000
    /// Tokens of output that are reserved for a call of which nothing is known.
    public static let outputTokensGuess: Int64 = 1024
    /// Milliseconds between two writes of what was used: what a crash may lose.
    public static let limitFlushMilliseconds: Int64 = 250
    /// Seconds between two looks for values that are told apart no longer.
    public static let limitSweepSeconds: Int64 = 10

    // MARK: Access tokens

    public static let tokenConnectSeconds: Int64 = 5
    public static let tokenAnswerSeconds: Int64 = 10
    /// The longest wait between two tries for a token.
    public static let tokenRetrySecondsMax: Int64 = 60
}
