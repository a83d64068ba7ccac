"""Lambda's API: functions, layers, permissions, mappings, asynchronous invocation.

May import lowtide_workbench.aws.account, lowtide_workbench.aws.protocol,
lowtide_workbench.aws.virtual_time, lowtide_workbench.aws.template_specs, artefacts, function,
handler, invoker, roles and sandbox.
"""
