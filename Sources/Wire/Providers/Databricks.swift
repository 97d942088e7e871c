extension ProviderKind {
    /// Databricks' served models; the base URL is the workspace's, ending in `/serving-endpoints`.
    public static let databricks = likeOpenAI(
        "databricks", baseURL: nil, environmentKey: "DATABRICKS_TOKEN",
        renames: maxTokensRename)
}
