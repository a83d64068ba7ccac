"""The only boto3: each adapter speaks for one AWS service in the words of the domain."""
