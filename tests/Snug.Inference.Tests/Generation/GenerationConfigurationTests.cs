namespace Snug.Inference.Tests;

public sealed class GenerationConfigurationTests : IDisposable
{
    private readonly string _file = Path.GetTempFileName();

    [Fact]
    public void What_the_file_sets_is_read_and_the_rest_is_not_set()
    {
        GenerationOptions options = Read("""
            {"do_sample": true, "temperature": 0.6, "top_k": 20, "top_p": 0.95, "eos_token_id": [128001, 128009], "bos_token_id": 1, "transformers_version": "4.4"}
            """).Options;

        Assert.Equal((true, 0.6f, 20, 0.95f), (options.DoSample, options.Temperature, options.TopK, options.TopP));
        Assert.Equal([128001, 128009], options.EndTokens!.Value.ToArray());
        Assert.Null(options.MaxNewTokens);
        Assert.Null(options.RepetitionPenalty);
        Assert.Equal([2], Read("""{"eos_token_id": 2}""").Options.EndTokens!.Value.ToArray());
    }

    [Fact]
    public void Prompt_lookup_is_read_under_its_names_and_kept_within_its_limit()
    {
        GenerationOptions options = Read("""{"prompt_lookup_num_tokens": 10, "max_matching_ngram_size": 3}""").Options;

        Assert.Equal((10, 3), (options.PromptLookupTokens, options.PromptLookupNgram));
        Assert.Equal(GenerationOptions.MaxPromptLookupTokens, Read("""{"prompt_lookup_num_tokens": 100000}""").Options.PromptLookupTokens);
    }

    [Fact]
    public void What_cannot_be_done_is_reported_and_neutral_values_are_not() =>
        Assert.Equal(["no_repeat_ngram_size", "suppress_tokens"], Read("""
            {"num_beams": 1, "typical_p": 1.0, "no_repeat_ngram_size": 3, "suppress_tokens": [1], "begin_suppress_tokens": [], "penalty_alpha": null}
            """).UnsupportedKeys.ToArray());

    [Theory]
    [InlineData("[]", "$")]
    [InlineData("{", "$")]
    [InlineData("""{"temperature": "hot"}""", "$.temperature")]
    [InlineData("""{"top_k": 1.5}""", "$.top_k")]
    [InlineData("""{"top_p": 7}""", "$")]
    [InlineData("""{"eos_token_id": "x"}""", "$.eos_token_id")]
    public void What_makes_no_sense_is_refused_with_its_path(string json, string path) =>
        Assert.Equal(path, Assert.Throws<ModelFormatException>(() => Read(json)).JsonPath);

    public void Dispose() => File.Delete(_file);

    private GenerationConfigurationFile Read(string json)
    {
        File.WriteAllText(_file, json);
        return GenerationConfigurationFile.Read(_file);
    }
}
