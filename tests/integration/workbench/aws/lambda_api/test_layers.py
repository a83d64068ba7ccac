"""Layers have versions, and are /opt for functions."""

from tests.integration.workbench.aws.lambda_api.conftest import Lambda, zipped


def test_code_and_layers_come_from_s3(aws: Lambda) -> None:
    """Of two layers with one file, the later counts; /opt is where they are unpacked."""
    s3 = aws.client("s3")
    s3.create_bucket(Bucket="artefacts")
    layers = [
        {"python/colours.py": "RED = 1", "python/shapes.py": "ROUND = 1", "text/a": "first"},
        {"python/colours.py": "RED = 2", "text/b": "second"},
    ]
    arns = []
    for number, files in enumerate(layers):
        s3.put_object(Bucket="artefacts", Key=f"{number}.zip", Body=zipped(files))
        content = {"S3Bucket": "artefacts", "S3Key": f"{number}.zip"}
        published = aws.api.publish_layer_version(LayerName="common", Content=content)
        arns.append(published["LayerVersionArn"])
    code = """
        import os, pathlib
        import colours, helper, shapes

        def lambda_handler(event, context):
            texts = sorted(p.read_text() for p in pathlib.Path(os.environ["TEXTS"]).iterdir())
            return [colours.RED, shapes.ROUND, helper.SIZE, texts]
    """
    files = {"app.py": code, "helper.py": "SIZE = 3"}
    s3.put_object(Bucket="artefacts", Key="code.zip", Body=zipped(files))
    aws.create(
        Code={"S3Bucket": "artefacts", "S3Key": "code.zip"},
        Layers=arns,
        Environment={"Variables": {"TEXTS": "/opt/text"}},
    )
    assert aws.invoke() == [2, 1, 3, ["first", "second"]]


def test_the_number_of_a_deleted_layer_version_is_not_used_again(aws: Lambda) -> None:
    content = {"ZipFile": zipped({"python/a.py": ""})}
    for _ in range(2):
        aws.api.publish_layer_version(LayerName="common", Content=content)
    aws.api.delete_layer_version(LayerName="common", VersionNumber=2)
    published = aws.api.publish_layer_version(LayerName="common", Content=content)
    listed = aws.api.list_layer_versions(LayerName="common")["LayerVersions"]
    assert published["Version"] == 3
    assert [each["Version"] for each in listed] == [3, 1]
    (layer,) = aws.api.list_layers()["Layers"]
    assert layer["LatestMatchingVersion"]["LayerVersionArn"].endswith(":layer:common:3")
