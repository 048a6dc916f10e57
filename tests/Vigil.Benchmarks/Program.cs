Console.WriteLine("Vigil.Benchmarks");
