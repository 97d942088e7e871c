import NIOCore

extension NIODeadline {
    var nanoseconds: Int64 { Int64(bitPattern: uptimeNanoseconds) }
}
