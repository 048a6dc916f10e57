Console.WriteLine("Vigil");
