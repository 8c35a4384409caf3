"""Two database roles: the owner makes and migrates tables, the application works on their rows.

`roles` knows both and switches to the owner, `declared` says what each model grants, `grants`
brings a schema's tables in line with it, `checks` speaks up where one role does everything.
"""
