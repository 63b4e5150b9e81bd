using Snug.Bench;

string[] rest = args.Length > 0 ? args[1..] : [];
try
{
    return (args.Length > 0 ? args[0] : "") switch
    {
        "download" => await DownloadCommand.RunAsync(rest),
        "embed" => await EmbedCommand.RunAsync(rest),
        "generate" => await GenerateCommand.RunAsync(rest),
        "generate-start" => await GenerateStartCommand.RunAsync(rest),
        "generate-start-once" => GenerateStartCommand.RunOnce(rest),
        "serve" => await ServeCommand.RunAsync(rest),
        "tokenizers-load" => await TokenizersLoadCommand.RunAsync(rest),
        "tokenizers-load-once" => TokenizersLoadCommand.RunOnce(rest),
        "client" => await ClientCommand.RunAsync(rest),
        _ => Usage(""),
    };
}
catch (UsageException e)
{
    return Usage(e.Message);
}

static int Usage(string problem)
{
    Console.Error.WriteLine($"""
        {problem}
        usage: Snug.Bench download [options]

          --rows NAMES      of {string.Join(',', Scenario.All.Select(row => row.Name))}; all of them by default
          --peers NAMES     of {string.Join(',', Peer.Names)}; those that are installed by default
          --rounds N        runs of each peer in each row, interleaved; 3 by default
          --large BYTES     size of the one large file; 1000000000 by default
          --small N         number of small files, 4096 bytes each; 2000 by default
          --work FOLDER     where downloads go; the temporary folder by default
          --json FILE       writes every run
          --markdown FILE   writes the tables

        usage: Snug.Bench tokenizers-load [options]

          --tokenizers NAMES  gemma3,gptoss,llama3,gpt2 by default
          --rounds N          loads of each engine, interleaved; 5 by default
          --markdown FILE     writes the table

        usage: Snug.Bench embed [options]

          --sentences N     256 by default
          --threads LIST    1 and the number of cores by default
          --formats NAMES   of f32,q8; both by default
          --batches LIST    ONNX Runtime's batch sizes, of which the best counts; 8,32 by default
          --rounds N        5 by default
          --python FILE     an interpreter with PyTorch, which writes the ONNX file; /usr/bin/python3 by default
          --work FOLDER     where the model is written; the temporary folder by default
          --markdown FILE   writes the table

        usage: Snug.Bench generate [options]

          --shapes NAMES    of {string.Join(',', ModelShape.All.Select(shape => shape.Name))}; 135M by default
          --types NAMES     of {string.Join(',', SyntheticModel.Types)}; all of them by default
          --threads LIST    1 and the number of cores by default
          --prompt N        tokens of the prompt; 512 by default
          --decode N        tokens to generate; 64 by default
          --depths LIST     tokens in the cache before generation; 0 by default
          --batches LIST    sequences that generate together, whose tokens a second are added up; none by default
          --rounds N        3 by default
          --llama-bench F   llama.cpp's benchmark program, to run beside
          --model PATH      a folder or GGUF file to measure instead of made ones, samples/repositories/models/snug/demonstration-model for example
          --work FOLDER     where the models are written; the temporary folder by default
          --markdown FILE   writes the table

        usage: Snug.Bench generate-start [options]

          --shapes, --types, --llama-bench, --work, --markdown   as above
          --threads N       the number of cores by default
          --rounds N        5 by default
        """);
    return 2;
}
