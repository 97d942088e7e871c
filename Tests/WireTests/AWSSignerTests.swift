import Core
import NIOCore
import Testing

@testable import Wire

/// The first three are of Amazon's own test suite; the others were made with Amazon's client library for Python.
@Suite struct AWSSignerTests {
    private func signature(
        _ method: String, _ target: String, _ body: String = "", token: String? = nil, service: String = "service",
        host: String = "example.amazonaws.com"
    ) -> String? {
        let signer = AWSSigner(
            accessKeyID: "AKIDEXAMPLE", secretAccessKey: Secret("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"),
            sessionToken: token.map { Secret($0) }, region: "us-east-1", service: service)
        let fields = signer.fields(
            method: method, target: target, host: host, body: [ByteBuffer(string: body)], unixSeconds: 1_440_938_160)
        let authorization = fields.first { $0.name == "authorization" }?.value
        return authorization?.split(separator: "=").last.map(String.init)
    }

    @Test func signsWhatAmazonPublished() {
        #expect(signature("GET", "/") == "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31")
        #expect(signature("POST", "/") == "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b")
        #expect(
            signature("GET", "/?Param2=value2&Param1=value1")
                == "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500")
    }

    @Test(
        arguments: [
            (
                "/model/anthropic.claude-3:0/converse", nil,
                "0a7b971c9ec49641821861ce49374868aa06779ce0c74db975c247dcad9386e6"
            ),
            (
                "/model/arn%3Aaws%3Abedrock%3Aus%2Fx/converse", nil,
                "e915549bba696fbd7614905c4f97d91a703e02e548f99a1cf7657488db99e63a"
            ),
            ("/model/m/converse", "TOKEN/+=", "adf16308ef5b0935f294ed7f0ecc9b9065eb7b147ce21651e37a95691376313b"),
        ] as [(String, String?, String)])
    func signsCallsOfModels(_ target: String, _ token: String?, _ expected: String) {
        let made = signature(
            "POST", target, #"{"a":1}"#, token: token, service: "bedrock",
            host: "bedrock-runtime.us-east-1.amazonaws.com")
        #expect(made == expected)
    }

    @Test func timesAreWrittenWithoutSigns() {
        #expect(AWSSigner.time(1_440_938_160) == "20150830T123600Z")
        #expect(AWSSigner.time(0) == "19700101T000000Z")
    }
}
