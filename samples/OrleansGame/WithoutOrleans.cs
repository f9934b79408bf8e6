Console.Error.WriteLine("This sample is a game in Orleans grains, and the package sources of this build lack some packages of Microsoft.Orleans.");
return 1;
