"""lakesift turns a web crawl into a versioned, explainable training set, on Spark and Delta."""
